package io.millrace.experiment.growthbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.experiment.Assigner;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.StickyArms;
import io.millrace.experiment.condition.Attributes;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * GrowthBook's unmodified SDK for Node.js, of npm, assigns 100,000 users as {@link Assigner} does.
 * Skipped where there is no Node.js, or npm does not get the SDK.
 */
class GrowthBookClientTest {
  private static final Path CLIENT = Path.of("../../e2e-tests/clients/growthbook");
  private static final int USERS = 100_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void theSdkAssignsAsTheAssigner() throws Exception {
    for (String file : List.of("package.json", "package-lock.json", ".npmrc", "decide.mjs")) {
      Files.copy(CLIENT.resolve(file), folder.resolve(file));
    }
    assumeTrue(runs("node", "--version"), "skipped: no node");
    assumeTrue(
        runs("npm", "ci", "--no-audit", "--no-fund"), "skipped: npm does not get the client");
    SplittableRandom random = new SplittableRandom(6);
    List<Experiment> experiments = RandomExperiments.experiments(random, 6);
    JSON.writeValue(
        folder.resolve("payload.json").toFile(), GrowthBookFeatures.payload(experiments));
    writeDecisions(random, experiments.stream().map(Assigner::new).toList());
    Process process =
        new ProcessBuilder("node", "decide.mjs", "payload.json", "decisions.jsonl")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output).isEqualTo("100000 users, 200000 decisions, 0 different\n");
  }

  private void writeDecisions(SplittableRandom random, List<Assigner> assigners)
      throws IOException {
    try (BufferedWriter lines = Files.newBufferedWriter(folder.resolve("decisions.jsonl"))) {
      for (int i = 0; i < USERS; i++) {
        Map<String, Object> user = RandomExperiments.user(random, i);
        ObjectNode line = JSON.createObjectNode();
        line.set("attributes", JSON.valueToTree(user));
        ObjectNode decisions = line.putObject("decisions");
        for (Assigner assigner : RandomExperiments.some(assigners, i)) {
          Experiment experiment = assigner.experiment();
          decisions.put(
              experiment.key(),
              Decisions.inWords(assigner.assign(Attributes.of(user), StickyArms.NONE), experiment));
        }
        lines.write(line + "\n");
      }
    }
  }

  private boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
