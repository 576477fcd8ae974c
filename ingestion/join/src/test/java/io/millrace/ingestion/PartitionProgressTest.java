package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PartitionProgressTest {
  private static ProgressEvent progress(String topic, long time) {
    return new ProgressEvent(time, TestEvents.origin(topic, 0, null));
  }

  @Test
  void theSlowestPartitionRules() {
    PartitionProgress progress = new PartitionProgress(2);
    progress.advance(progress("impressions", 100));
    assertThat(progress.watermark()).isEqualTo(Long.MIN_VALUE);
    progress.advance(progress("clicks", 50));
    assertThat(progress.watermark()).isEqualTo(49);
    progress.advance(progress("clicks", Long.MAX_VALUE));
    assertThat(progress.watermark()).isEqualTo(99);
    progress.advance(progress("impressions", 60));
    assertThat(progress.watermark()).as("a promise is never taken back").isEqualTo(99);
    progress.advance(progress("impressions", Long.MAX_VALUE));
    assertThat(progress.watermark()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void promisesOutliveTheirRecords() {
    PartitionProgress progress = new PartitionProgress(2);
    progress.advance(progress("impressions", 100));
    progress.advance(progress("clicks", Long.MAX_VALUE));

    PartitionProgress restored = new PartitionProgress(2);
    restored.restore(progress.toBytes());
    assertThat(restored.watermark()).isEqualTo(99);
    assertThatThrownBy(() -> restored.restore(new byte[] {1, 2, 3, 4, 5, 6}))
        .isInstanceOf(IllegalStateException.class);
  }
}
