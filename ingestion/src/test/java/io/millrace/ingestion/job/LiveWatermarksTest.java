package io.millrace.ingestion.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingestion.ClickEvent;
import io.millrace.ingestion.Origin;
import io.millrace.ingestion.ProgressEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class LiveWatermarksTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final Watermarks.Live SETTINGS =
      new Watermarks.Live(Duration.ofMillis(100), Duration.ofMillis(1000), Duration.ofMillis(5000));

  private final AtomicLong clock = new AtomicLong(NOW);
  private final LiveWatermarks watermarks = new LiveWatermarks(SETTINGS, clock::get);
  private long emitted = Long.MIN_VALUE;

  private final WatermarkOutput output =
      new WatermarkOutput() {
        @Override
        public void emitWatermark(Watermark watermark) {
          emitted = Math.max(emitted, watermark.getTimestamp());
        }

        @Override
        public void markIdle() {
          throw new AssertionError("an idle partition advances with the clock instead");
        }

        @Override
        public void markActive() {}
      };

  private static Origin origin(long writtenTime) {
    return new Origin("clicks", 0, 0, writtenTime, null, null);
  }

  private void click(long eventTime, long writtenTime) {
    watermarks.onEvent(new ClickEvent("i", eventTime, origin(writtenTime)), 0, output);
  }

  private long emittedAt(long time) {
    clock.set(time);
    watermarks.onPeriodicEmit(output);
    return emitted;
  }

  @Test
  void followsTheLatestEvent() {
    click(NOW - 50, NOW);
    click(NOW - 70, NOW);
    assertThat(emittedAt(NOW)).isEqualTo(NOW - 50 - 100 - 1);
  }

  @Test
  void advancesAtTheClocksPaceWhileIdle() {
    long old = NOW - 3_600_000;
    click(old, old);
    assertThat(emittedAt(NOW)).isEqualTo(old - 101);
    assertThat(emittedAt(NOW + 1000)).isEqualTo(old - 101);
    assertThat(emittedAt(NOW + 1500)).isEqualTo(old - 101 + 500);
  }

  @Test
  void anEventCountsNoLaterThanItWasWritten() {
    click(NOW + 80_000_000, NOW);
    assertThat(emittedAt(NOW)).isEqualTo(NOW - 101);
  }

  @Test
  void aPartitionWithoutEventsHoldsBackTheOthersOnlyForItsGrace() {
    assertThat(emittedAt(NOW + 4999)).isEqualTo(Long.MIN_VALUE);
    assertThat(emittedAt(NOW + 5000)).isEqualTo(NOW + 5000 - 1000 - 101);
  }

  @Test
  void progressRecordsSayNothingHere() {
    watermarks.onEvent(new ProgressEvent(Long.MAX_VALUE, origin(NOW)), 0, output);
    assertThat(emittedAt(NOW)).isEqualTo(Long.MIN_VALUE);
  }
}
