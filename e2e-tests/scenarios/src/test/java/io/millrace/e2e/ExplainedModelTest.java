package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

/** What a user reads of a trained model. */
class ExplainedModelTest {
  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    SyntheticRatings.writeUsable(folder.resolve("all.csv"), 3_000, 11);
  }

  /** So sparse gates and such long steps that neurons choose different fields. */
  @Test
  void anArmNetsInteractionTableCountsEveryNeuronOfEveryExample() throws Exception {
    Files.writeString(
        folder.resolve("sparse.yaml"),
        """
        model: {architecture: {heads: 1, neurons: 10, alpha: 2}, rowOptimizer: {learningRate: 0.02}, denseOptimizer: {learningRate: 0.02}}
        training: {batchSize: 64, l2: 0, averaging: 0}
        """);
    train("armnet", "--config", "sparse.yaml");
    String json =
        run(
            0,
            "explain",
            "--from",
            "model",
            "--format",
            "movielens-stream",
            "--limit",
            "500",
            "--top",
            "1000",
            "--json",
            "all.csv");
    JsonNode explanation = new ObjectMapper().readTree(json.substring(json.indexOf('{')));

    assertThat(explanation.get("kind").asText()).isEqualTo("armnet");
    assertThat(explanation.get("examples").asInt()).isEqualTo(500);
    assertThat(explanation.get("fields")).hasSize(8);
    double neurons = 0;
    for (JsonNode interaction : explanation.get("interactions")) {
      neurons += interaction.get("frequency").asDouble();
      assertThat(interaction.get("fields")).hasSize(interaction.get("order").asInt());
    }
    assertThat(explanation.get("interactions").size()).isGreaterThan(1);
    assertThat(neurons).isCloseTo(10, within(1e-9));

    String table =
        run(
            0,
            "explain",
            "--from",
            "model",
            "--format",
            "movielens-stream",
            "--limit",
            "500",
            "--top",
            "1",
            "all.csv");
    assertThat(table)
        .contains(
            "armnet: means over 500 examples", "frequency order    weight  fields", "(--top)");
  }

  @Test
  void anAutoIntsAttentionIsAMatrixOfFields() throws Exception {
    train("autoint");
    String table =
        run(
            0,
            "explain",
            "--from",
            "model",
            "--format",
            "movielens-stream",
            "--limit",
            "20",
            "all.csv");

    assertThat(table).contains("attention paid to ▸", "user", "genres");
  }

  @Test
  void itSaysWhatIsMissing() throws Exception {
    assertThat(run(2, "explain")).startsWith("Error: Missing required argument");
    assertThat(run(2, "explain", "--features", "{").strip())
        .isEqualTo("millrace: --features {, expected a JSON object");
    assertThat(run(2, "explain", "--features", "{}", "--server", "http://127.0.0.1:1"))
        .startsWith("millrace: no server answers at http://127.0.0.1:1");
    assertThat(run(2, "explain", "--features", "{}", "--top", "0").strip())
        .isEqualTo("millrace: --top 0, expected 1 to 1000");
  }

  private void train(String kind, String... more) throws Exception {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--format",
                "movielens-stream",
                "--train",
                "all.csv",
                "--valid",
                "all.csv",
                "--model",
                kind,
                "--epochs",
                "2",
                "--out",
                "model"));
    args.addAll(List.of(more));
    run(0, args.toArray(String[]::new));
  }

  private String run(int exitStatus, String... args) throws Exception {
    try (MillraceProcess process = MillraceProcess.start(folder, args)) {
      return process.outputOnExit(exitStatus, Duration.ofMinutes(3));
    }
  }
}
