package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training whose process is killed goes on after its last epoch. */
class KilledTrainingTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    for (String name : List.of("train.csv", "valid.csv")) {
      SyntheticRatings.writeUsable(folder.resolve(name), 12_000, name.hashCode());
    }
    Files.writeString(
        folder.resolve("fm.yaml"),
        "training: {batchSize: 64, stopAfter: 40, patience: 3, l2: 0.001}\n");
  }

  @Test
  void aKilledTrainingGoesOnToTheSameBits() throws Exception {
    String whole = run(0, "whole");
    assertThat(whole).contains("epoch   7").contains("model in");

    kill("epoch   2");
    kill("epoch   5", "--resume");
    assertThat(folder.resolve("killed/checkpoint.bin")).exists();
    assertThat(folder.resolve("killed/weights.bin")).doesNotExist();
    assertThat(run(2, "killed", "--resume", "--seed", "9"))
        .contains("model setting seed: 42 in the checkpoint, now 9; expected the same, or another");

    String rest = run(0, "killed", "--resume");
    assertThat(rest).doesNotContain("epoch   5 ").contains("epoch   7");
    for (String file : List.of("weights.bin", "model.json", "schema.avsc")) {
      assertThat(folder.resolve("killed").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
    assertThat(folder.resolve("killed/checkpoint.bin")).doesNotExist();
    assertThat(run(2, "killed", "--resume")).contains("--resume: nothing at ");
  }

  /** Trains until a text is in the output, and no further. */
  private void kill(String text, String... more) throws Exception {
    try (MillraceProcess process = start("killed", more)) {
      process.awaitOutput(text, LIMIT);
      process.kill();
      assertThat(process.exitStatus()).as("killed while it ran").isEqualTo(137);
    }
  }

  private MillraceProcess start(String out, String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--format",
                "movielens-stream",
                "--train",
                "train.csv",
                "--valid",
                "valid.csv",
                "--config",
                "fm.yaml",
                "--epochs",
                "7",
                "--out",
                out));
    args.addAll(List.of(more));
    return MillraceProcess.start(folder, args.toArray(String[]::new));
  }

  private String run(int exitStatus, String out, String... more) throws Exception {
    try (MillraceProcess process = start(out, more)) {
      return process.outputOnExit(exitStatus, LIMIT);
    }
  }
}
