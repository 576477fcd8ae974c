package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.learner.Compute;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.replay.Replay;
import io.millrace.replay.ReplayReport;
import io.millrace.replay.SourceFile;
import io.millrace.replay.SourceSettings;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.RejectedEvents;
import io.millrace.standalone.StreamModel;
import io.millrace.standalone.UserError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of somebody's own, of which nothing is said, through the whole platform. */
class OwnFileReplayTest {
  private static final int ROWS = 3_000;

  @TempDir Path folder;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private Replay.Result replay(Path file) throws Exception {
    SourceFile source = SourceFile.of(file, SourceSettings.NONE);
    try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
      return new Replay(
              directory,
              new Replay.Source(source, Optional.empty(), null),
              StreamModel.fresh(ModelConfig.defaults(ModelKind.FM, "m", source.schema())),
              Compute.DEFAULT,
              new PrintStream(printed, true, StandardCharsets.UTF_8))
          .run();
    }
  }

  /** Clicks come in the afternoon; rows stand in no order, and four of them are no good. */
  private Path table() throws Exception {
    StringBuilder text = new StringBuilder("user,ts,clicked\n");
    for (int i = 0; i < ROWS; i++) {
      int hour = i * 7 % 24;
      String time = "2017-11-%02d %02d:%02d:00".formatted(1 + i * 11 % 28, hour, i % 60);
      text.append("u%d,%s,%s\n".formatted(i % 50, time, hour >= 12 ? "true" : "false"));
    }
    text.append("u1,2017-02-30 10:00:00,true\nu2,2017-11-07 10:00:00,?\nu3,yesterday,false\n");
    // Longer than a feature's text may be: no fault of the file's, but of what a model takes.
    text.append("u".repeat(9_000)).append(",2017-11-07 10:00:00,false\n");
    return Files.writeString(folder.resolve("clicks.csv"), text);
  }

  @Test
  void itIsUnderstoodLearnedInTheOrderOfTimeAndWhatIsRejectedIsSaid() throws Exception {
    Path file = table();
    Replay.Result result = replay(file);
    ReplayReport report = result.figures().orElseThrow();
    assertThat(report.whole().examples()).isEqualTo(ROWS);
    assertThat(report.secondHalf().examples()).isEqualTo(ROWS / 2);
    assertThat(report.secondHalf().auc()).isGreaterThan(0.99);
    assertThat(result.rejected()).isEqualTo(4);
    String said = printed.toString(StandardCharsets.UTF_8);
    assertThat(said)
        .contains("label: clicked", "time: ts, ISO-8601, not in order")
        .contains("2 rejected: time of ts", "line 3002", "2017-02-30 10:00:00")
        .contains("1 rejected: label of clicked", "line 3003")
        .contains("1 rejected: value of user", "line 3005", "8192")
        .doesNotContain("NaN");

    List<String> kept = new ArrayList<>();
    try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
      RejectedEvents.ofDirectory(directory, each -> kept.add(each.event().getDetail().toString()));
    }
    assertThat(kept).hasSize(4).allMatch(detail -> detail.contains("clicks.csv"));

    // What has come to its end shows its report again, and nothing else is learned there.
    printed.reset();
    Replay.Result again = replay(file);
    assertThat(again.figures()).isEmpty();
    assertThat(again.rows()).isEqualTo(ROWS + 4);
    assertThat(again.rejected()).isEqualTo(4);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("came to its end before", "clicks.csv · m");

    // A file that has grown is replayed anew: its figures are those of all of its rows, although
    // the new ones stand first in the order of time, and the drafted schema's words have changed.
    printed.reset();
    Files.writeString(
        file,
        "u1,2017-10-01 10:00:00,false\nu2,2017-10-01 13:00:00,true\n",
        StandardOpenOption.APPEND);
    ReplayReport grown = replay(file).figures().orElseThrow();
    assertThat(grown.whole().examples()).isEqualTo(ROWS + 2);
    assertThat(grown.secondHalf().examples()).isEqualTo(ROWS / 2 + 1);
    assertThat(grown.rejected()).isEqualTo(4);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("clicks.csv has grown by 57 bytes: all of it is replayed anew");
    assertThat(replay(file).figures()).isEmpty();
    Files.writeString(file, Files.readString(file).replace("u1,", "u9,"));
    assertThatThrownBy(() -> replay(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("another clicks.csv");
  }
}
