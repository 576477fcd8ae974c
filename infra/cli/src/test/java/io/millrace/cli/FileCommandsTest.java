package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.FeatureSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of somebody's own through the commands that need no platform. */
class FileCommandsTest {
  @TempDir Path folder;

  /** The label is a function of the user. */
  private Path table(String name, int rows, boolean labelled) throws IOException {
    StringBuilder text = new StringBuilder("User Id;Price;" + (labelled ? "Clicked?\n" : "\n"));
    for (int i = 0; i < rows; i++) {
      int user = i * 7 % 20;
      text.append("u%d;%d,5;".formatted(user, i % 13));
      text.append(labelled ? (user % 3 == 0 ? "yes\n" : "no\n") : "\n");
    }
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void aTableIsTrainedOnAndAnotherOneScoredWithoutASchema() throws IOException {
    Path train = table("train.csv", 600, true);
    Path out = folder.resolve("model");
    Ran trained = Ran.of("train", train, "--label", "Clicked?", "--model", "lr", "--out", out);
    assertThat(trained.err()).doesNotContain("Exception", "rejected");
    assertThat(trained.status()).isZero();
    assertThat(trained.out())
        .contains("separator ';'", "label: Clicked?", "decimal comma", "no --valid:");

    Path scores = folder.resolve("scores.csv");
    Ran scored = Ran.of("score", table("new.csv", 40, false), "--from", out, "--out", scores);
    assertThat(scored.err()).isEmpty();
    assertThat(scored.status()).isZero();
    List<String> lines = Files.readAllLines(scores);
    assertThat(lines).hasSize(41).first().isEqualTo("row,probability");
    for (int i = 0; i < 40; i++) {
      double probability = Double.parseDouble(lines.get(i + 1).split(",")[1]);
      assertThat(probability > 0.5).as(lines.get(i + 1)).isEqualTo(i * 7 % 20 % 3 == 0);
    }
  }

  @Test
  void anEmbeddingOfAFieldThatIsNotThereIsRefusedInWords() throws IOException {
    Path train = table("train.csv", 60, true);
    Ran ran =
        Ran.of(
            "train",
            train,
            "--label",
            "Clicked?",
            "--model",
            "fm",
            "--set",
            "{\"embedding\":{\"scheme\":\"mde\",\"widths\":{\"nosuch\":4}}}",
            "--out",
            folder.resolve("none"));
    assertThat(ran.status()).isEqualTo(Millrace.USER_ERROR);
    assertThat(ran.err())
        .startsWith(
            "millrace: model: embedding.widths: \"nosuch\" is no field of the feature schema");
  }

  /** Ids 1 and 2 tell the label; the file to be scored has neither labels nor all ids. */
  @Test
  void pairsAreTrainedOnAndOthersScoredByTheirLines() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      text.append("%d %d:1 %d:0.5\n".formatted(i % 2, 1 + i % 2, 3 + i % 5));
    }
    Path train = Files.writeString(folder.resolve("train.libsvm"), text);
    Path out = folder.resolve("model");
    assertThat(Ran.of("train", train, "--model", "lr", "--out", out).status()).isZero();

    Path scores = folder.resolve("scores.csv");
    Path unlabelled = Files.writeString(folder.resolve("new.libsvm"), "# new\n2:1\n\n1:1 3:0.5\n");
    Ran scored = Ran.of("score", unlabelled, "--from", out, "--out", scores);
    assertThat(scored.err()).isEmpty();
    assertThat(scored.status()).isZero();
    List<String> lines = Files.readAllLines(scores);
    assertThat(lines).hasSize(3).first().isEqualTo("row,probability");
    assertThat(lines.get(1)).matches("2,0?\\.[5-9].*");
    assertThat(lines.get(2)).matches("4,0?\\.[0-4].*");
  }

  @Test
  void aDraftedSchemaIsOneThatIsTaken() throws IOException {
    Path table = table("t.csv", 100, true);
    Path schema = folder.resolve("t.avsc");
    Ran drafted = Ran.of("schema", "init", table, "--label", "Clicked?", "--out", schema);
    assertThat(drafted.err()).contains("written to " + schema);
    assertThat(drafted.status()).isZero();
    FeatureSchema features = FeatureSchema.parse(Files.readString(schema));
    assertThat(features.encodedFields()).hasSize(2);
    assertThat(Files.readString(schema)).contains("\"column\":\"User Id\"", "\"doc\":");
    assertThat(Ran.of("schema", "validate", schema).status()).isZero();
  }

  @Test
  void rowsThatCannotBeUsedStopATrainingWithTheFirstOfEachKind() throws IOException {
    Path table = table("t.csv", 100, true);
    Files.writeString(table, Files.readString(table) + "u1;1,5;maybe\nu2;2,5;perhaps\nu3;1;2;no\n");
    Ran ran = Ran.of("train", table, "--label", "Clicked?", "--out", folder.resolve("m"));
    assertThat(ran.status()).isEqualTo(Millrace.USER_ERROR);
    assertThat(ran.err())
        .contains("2 rows rejected: label of Clicked?", "line 102", "maybe", "line 104", "width")
        .doesNotContain("Exception");
  }

  @Test
  void whereNothingWasKeptThereIsNothingRejected() {
    Ran ran = Ran.of("rejected", "--data-dir", folder.resolve("nothing"));
    assertThat(ran.status()).isEqualTo(Millrace.USER_ERROR);
    assertThat(ran.err()).contains("no data directory at");
  }
}
