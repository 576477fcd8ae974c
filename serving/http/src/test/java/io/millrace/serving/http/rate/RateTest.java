package io.millrace.serving.http.rate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTest {

  @Test
  void dividesByTheTimeOfTheLastFiveSeconds() {
    Rate rate = new Rate(Duration.ofSeconds(5));
    assertThat(rate.at(0, 1000)).isEmpty();
    assertThat(rate.at(1000, 1100)).hasValue(100);
    assertThat(rate.at(2000, 1100)).hasValue(50);
    for (int second = 3; second <= 20; second++) {
      rate.at(second * 1000L, 1100);
    }
    assertThat(rate.at(21_000, 1100)).hasValue(0);
  }

  @Test
  void startsOverWhenTheTotalShrinks() {
    Rate rate = new Rate(Duration.ofSeconds(5));
    rate.at(0, 1000);
    rate.at(1000, 2000);
    assertThat(rate.at(2000, 10)).isEmpty();
    assertThat(rate.at(3000, 30)).hasValue(20);
  }
}
