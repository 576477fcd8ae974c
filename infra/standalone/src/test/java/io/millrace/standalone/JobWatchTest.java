package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.serving.http.Part;
import io.millrace.standalone.JobWatch.Look;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobWatchTest {
  private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
  private final JobWatch watch = new JobWatch("ingestion", T);

  private Part at(int second, boolean working, @Nullable Integer failed) {
    return watch.look(
        new Look(false, working, failed == null ? null : T.plusSeconds(failed), "it broke"),
        T.plusSeconds(second));
  }

  @Test
  void aJobRunsOnceItsTasksDo() {
    assertThat(at(1, false, null).state()).isEqualTo(Part.State.STARTING);
    assertThat(at(2, true, null))
        .isEqualTo(new Part("Job ingestion", Part.State.RUNNING, T.plusSeconds(2), null));
  }

  @Test
  void aSingleFailureIsOverWhenTheJobHolds() {
    at(1, true, null);
    assertThat(at(10, false, 10))
        .isEqualTo(new Part("Job ingestion", Part.State.RESTARTING, T.plusSeconds(10), "it broke"));
    assertThat(at(11, true, 10).state()).isEqualTo(Part.State.RESTARTING);
    assertThat(at(12, true, 10))
        .isEqualTo(new Part("Job ingestion", Part.State.RUNNING, T.plusSeconds(12), null));
  }

  @Test
  void aJobThatFailsAgainAndAgainIsNotRunningInBetween() {
    at(1, true, null);
    at(10, false, 10);
    assertThat(at(13, true, 10).state()).isEqualTo(Part.State.RUNNING);
    assertThat(at(20, true, 20).state()).isEqualTo(Part.State.RESTARTING);
    assertThat(at(30, true, 20))
        .satisfies(
            part -> {
              assertThat(part.state()).isEqualTo(Part.State.RESTARTING);
              assertThat(part.since()).isEqualTo(T.plusSeconds(10));
            });
    assertThat(at(35, true, 20).state()).isEqualTo(Part.State.RUNNING);
  }

  @Test
  void aJobThatHasEndedStaysSo() {
    at(1, true, null);
    Part failed =
        watch.look(new Look(true, false, T.plusSeconds(5), "stepSize is 4"), T.plusSeconds(6));
    assertThat(failed)
        .isEqualTo(new Part("Job ingestion", Part.State.FAILED, T.plusSeconds(6), "stepSize is 4"));
    assertThat(
            watch.look(new Look(true, false, T.plusSeconds(5), "stepSize is 4"), T.plusSeconds(60)))
        .isEqualTo(failed);
  }
}
