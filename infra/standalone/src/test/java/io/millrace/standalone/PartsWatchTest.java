package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.serving.http.Part;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsWatchTest {
  private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
  private final PartsWatch watch =
      new PartsWatch(
          now -> List.of(),
          new PrintStream(terminal, true, StandardCharsets.UTF_8),
          Clock.systemUTC());

  private void see(Part.State state, int since, int second) {
    watch.see(
        List.of(new Part("Job ingestion", state, T.plusSeconds(since), "why")),
        T.plusSeconds(second));
  }

  private List<String> told() {
    return terminal.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void whatFailsIsToldOnceAMinuteAndItsRecoveryToo() {
    see(Part.State.STARTING, 0, 0);
    see(Part.State.RUNNING, 1, 1);
    assertThat(told()).isEmpty();
    for (int second = 10; second < 100; second++) {
      see(Part.State.RESTARTING, 10, second);
    }
    see(Part.State.RUNNING, 100, 100);
    assertThat(told())
        .containsExactly(
            "millrace: Job ingestion restarts since 2026-01-01T00:00:10Z: why",
            "millrace: Job ingestion restarts since 2026-01-01T00:00:10Z: why",
            "millrace: Job ingestion runs again: why");
    assertThat(watch.gaveUp()).isEmpty();
    assertThat(watch.parts()).hasSize(1);
  }

  @Test
  void thePlatformEndsWhereAPartHasFailedForGood() {
    see(Part.State.FAILED, 5, 5);
    see(Part.State.FAILED, 5, 24);
    assertThat(watch.gaveUp()).isEmpty();
    see(Part.State.FAILED, 5, 25);
    assertThat(watch.gaveUp()).contains("Job ingestion has failed: why");
  }

  @Test
  void orWhereItRestartsForever() {
    see(Part.State.RESTARTING, 0, 299);
    assertThat(watch.gaveUp()).isEmpty();
    see(Part.State.RESTARTING, 0, 300);
    assertThat(watch.gaveUp()).isPresent();
  }

  @Test
  void aFullDiskIsToldInPlainWords() {
    Path nowhere = Path.of("/nowhere/data");
    assertThat(BrokerDeath.words(nowhere, null))
        .isEqualTo("data directory /nowhere/data is gone; stopped");
    assertThat(BrokerDeath.words(nowhere, null, 1 << 20))
        .isEqualTo(
            "disk of /nowhere/data is full (1 MB free); stopped. Everything acknowledged is kept:"
                + " free some space and start again");
  }
}
