package io.millrace.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorldConfigTest {
  @Test
  void defaultsArePinned() {
    assertThat(WorldConfig.defaults(3))
        .isEqualTo(
            new WorldConfig(
                3,
                4_000,
                300,
                20,
                0.13,
                0.15,
                Duration.ofMinutes(10),
                Duration.ofMillis(6_700),
                0.005,
                0.01,
                0.005,
                0.002));
  }

  @Test
  void errorsNameValueAndExpectation() {
    assertThatThrownBy(() -> config(300, 20, 5, 1.5))
        .hasMessage("explorationShare: 1.5, expected from 0 to 1");
    assertThatThrownBy(() -> config(10, 20, 5, 0))
        .hasMessage("ads: 10, expected at least the number of candidates, 20");
    assertThatThrownBy(() -> config(300, 20, 2, 0))
        .hasMessageContaining("medianClickDelay: PT3S, expected")
        .hasMessageContaining("PT2S");
    assertThatThrownBy(() -> config(300, 0, 5, 0)).hasMessage("candidates: 0, expected at least 1");
    assertThatThrownBy(() -> config(300, 20, 5, Double.NaN))
        .hasMessage("explorationShare: NaN, expected from 0 to 1");
  }

  private static WorldConfig config(int ads, int candidates, int windowSeconds, double explore) {
    return new WorldConfig(
        1,
        100,
        ads,
        candidates,
        0.1,
        explore,
        Duration.ofSeconds(windowSeconds),
        Duration.ofSeconds(3),
        0,
        0,
        0,
        0);
  }
}
