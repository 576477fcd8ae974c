package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.standalone.DataDirectory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads after a mistake: one line that names value, expectation and place. */
class CommandErrorsTest {
  @TempDir Path folder;

  @Test
  void aPortInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(
          "millrace: port %d is in use, expected a free one; choose another with --port"
              .formatted(taken.getLocalPort()),
          "demo",
          "--port",
          Integer.toString(taken.getLocalPort()),
          "--data-dir",
          folder.resolve("data").toString());
    }
    assertThat(folder.resolve("data")).as("nothing ran").doesNotExist();
  }

  @Test
  void aDataDirectoryInUse() throws Exception {
    Path data = folder.resolve("data");
    try (DataDirectory taken = DataDirectory.open(data)) {
      assertFails(
          ("millrace: data directory %s is in use by another Millrace process; stop it or choose"
                  + " another with --data-dir")
              .formatted(taken.root()),
          "demo",
          "--data-dir",
          data.toString());
    }
  }

  @Test
  void anUnknownFormat() throws Exception {
    assertFails(
        "millrace: --format 'movielens', expected one of [csv, jsonl, parquet, libsvm, libffm, vw,"
            + " movielens-stream, talkingdata, criteo]",
        "replay",
        "--format",
        "movielens",
        "--data-dir",
        folder.resolve("data").toString(),
        "ratings.csv");
  }

  @Test
  void anUnknownModel() throws Exception {
    String output =
        output(2, "demo", "--model", "autoin", "--data-dir", folder.resolve("data").toString());
    assertThat(output)
        .startsWith("millrace: --model: autoin, expected one of lr, fm, autoint")
        .contains("did you mean 'autoint'?");
  }

  @Test
  void anUnknownSettingOfATraining() throws Exception {
    Path config = Files.writeString(folder.resolve("c.yaml"), "training:\n  epoch: 3\n");
    String output =
        output(
            2,
            "train",
            "--format",
            "movielens-stream",
            "--train",
            "t.csv",
            "--valid",
            "v.csv",
            "--config",
            config.toString(),
            "--out",
            folder.resolve("model").toString());
    assertThat(output)
        .startsWith(
            "millrace: " + config + " line 2: training.epoch is unknown, did you mean 'epochs'?");
  }

  @Test
  void aFileThatIsNotThere() throws Exception {
    assertFails(
        "millrace: no file at ratings.csv",
        "replay",
        "--format",
        "movielens-stream",
        "--data-dir",
        folder.resolve("data").toString(),
        "ratings.csv");
  }

  @Test
  void aSchemaThatIsNone() throws Exception {
    Path schema = Files.writeString(folder.resolve("s.avsc"), "{\"type\": \"recrod\"}");
    String output =
        output(
            2,
            "up",
            "--schema",
            schema.toString(),
            "--data-dir",
            folder.resolve("new/data").toString());
    assertThat(output).startsWith("millrace: schema " + schema + ": ").contains("\"type\"");
    assertThat(folder.resolve("new")).as("nothing ran").doesNotExist();
  }

  @Test
  void aServerThatIsNotThere() throws Exception {
    assertFails(
        "millrace: no server answers at http://127.0.0.1:1, expected one started by 'millrace up'"
            + " or 'millrace demo'",
        "status",
        "--server",
        "http://127.0.0.1:1");
  }

  private void assertFails(String line, String... args) throws Exception {
    assertThat(output(2, args).strip()).isEqualTo(line);
  }

  private String output(int exitStatus, String... args) throws Exception {
    try (MillraceProcess process = MillraceProcess.start(folder, args)) {
      return process.outputOnExit(exitStatus, Duration.ofSeconds(60));
    }
  }
}
