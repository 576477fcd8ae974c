package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that was trained on files, and goes on learning from a stream. */
class PromotedModelTest {
  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    Path all = SyntheticRatings.writeUsable(folder.resolve("all.csv"), 42_000, 3);
    List<String> lines = new ArrayList<>(Files.readAllLines(all));
    String header = lines.remove(0);
    write("train.csv", header, lines.subList(0, 30_000));
    write("valid.csv", header, lines.subList(30_000, 36_000));
    write("stream.csv", header, lines.subList(36_000, 40_000));
  }

  private void write(String name, String header, List<String> lines) throws IOException {
    List<String> all = new ArrayList<>(List.of(header));
    all.addAll(lines);
    Files.write(folder.resolve(name), all);
  }

  @Test
  void itBeginsWithWhatItWasTrainedOn() throws Exception {
    Files.writeString(
        folder.resolve("fm.yaml"),
        """
        model:
          rowOptimizer: {learningRate: 0.01}
          denseOptimizer: {learningRate: 0.001}
        training:
          batchSize: 128
          epochs: 10
          criterion: auc
          patience: 1
          rateCut: 0.1
          back: false
          stopAfter: 2
          l2: 0
        """);
    run(
        "train",
        "--format",
        "movielens-stream",
        "--train",
        "train.csv",
        "--valid",
        "valid.csv",
        "--model",
        "fm",
        "--config",
        "fm.yaml",
        "--out",
        "model");
    String evaluated =
        run("evaluate", "--format", "movielens-stream", "--from", "model", "stream.csv");
    run(
        "replay",
        "--format",
        "movielens-stream",
        "--data-dir",
        "fresh",
        "--report",
        "fresh.json",
        "stream.csv");
    run(
        "replay",
        "--format",
        "movielens-stream",
        "--data-dir",
        "promoted",
        "--report",
        "promoted.json",
        "--from",
        "model",
        "stream.csv");

    double frozen = Double.parseDouble(evaluated.replaceAll("(?s).*AUC ([0-9.]+).*", "$1"));
    double promoted = report("promoted.json").get("auc").asDouble();
    double fresh = report("fresh.json").get("auc").asDouble();
    assertThat(report("promoted.json").get("examples").asInt()).isEqualTo(4_000);
    assertThat(promoted).as("frozen %s, fresh %s", frozen, fresh).isGreaterThan(fresh + 0.05);
    assertThat(promoted).as("frozen %s", frozen).isGreaterThanOrEqualTo(frozen);
    assertThat(frozen).isGreaterThan(fresh + 0.05);
  }

  private String run(String... args) throws Exception {
    try (MillraceProcess process = MillraceProcess.start(folder, args)) {
      return process.outputOnExit(0, Duration.ofMinutes(3));
    }
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(name).toFile());
  }
}
