package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublishPaceTest {
  @Test
  void theNextPublishWaitsForTheIntervalOrForTwiceTheLastOne() {
    assertThat(PublishPace.due(1000, 200, 0)).isEqualTo(1200);
    assertThat(PublishPace.due(1000, 200, 99)).isEqualTo(1200);
    assertThat(PublishPace.due(1000, 200, 101)).isEqualTo(1202);
    assertThat(PublishPace.due(1000, 200, 3000)).isEqualTo(7000);
  }
}
