package io.millrace.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StaleVersionTest {
  private static final long SECOND = 1_000_000_000L;
  private final StaleVersion stale = new StaleVersion(Duration.ofSeconds(60));

  @Test
  void aVersionThatStaysWhileExamplesWaitIsStale() {
    stale.see(100, 100, 30 * SECOND);
    stale.see(100, 150, 31 * SECOND);
    stale.see(100, 180, 80 * SECOND);
    assertThat(stale.words()).as("they have waited for 50 s").isEmpty();
    stale.see(100, 200, 90 * SECOND);
    assertThat(stale.words())
        .contains("version 100 has not changed for 60 s, and 100 examples wait to be learned");
    stale.see(120, 200, 91 * SECOND);
    assertThat(stale.words()).as("it learns again").isEmpty();
    stale.see(120, 200, 150 * SECOND);
    assertThat(stale.words()).isEmpty();
    stale.see(120, 200, 151 * SECOND);
    assertThat(stale.words()).isPresent();
  }

  @Test
  void aQuietNightMakesNothingStale() {
    for (int minute = 0; minute < 600; minute++) {
      stale.see(100, 100, minute * 60 * SECOND);
      assertThat(stale.words()).isEmpty();
    }
  }
}
