package io.millrace.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({"0s,0", "250ms,250", "90s,90000", "10m,600000", "12h,43200000", "7d,604800000"})
  void durationsAreReadAsTheyAreWritten(String text, long millis) {
    Duration duration = Units.duration(text).orElseThrow();
    assertThat(duration).isEqualTo(Duration.ofMillis(millis));
    assertThat(Units.duration(Units.text(duration))).contains(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"12", "h", "-1h", "1.5h", "1w", "1H", "", "999999999999999d"})
  void othersAreNoDurations(String text) {
    assertThat(Units.duration(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1000,1000", "7 B,7", "512 KiB,524288", "64MiB,67108864", "3 GiB,3221225472"})
  void bytesAreReadAsTheyAreWritten(String text, long bytes) {
    assertThat(Units.bytes(text)).contains(bytes);
    assertThat(Units.bytes(Units.text(bytes))).contains(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3 GB", "1k", "-1", "1.5 MiB", "9999999999 GiB"})
  void othersAreNoBytes(String text) {
    assertThat(Units.bytes(text)).isEmpty();
  }
}
