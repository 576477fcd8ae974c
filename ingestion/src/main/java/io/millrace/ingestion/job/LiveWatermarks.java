package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.ClickEvent;
import io.millrace.ingestion.Event;
import io.millrace.ingestion.ImpressionEvent;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Event time of one partition of live events: the latest event less the out-of-orderness, and, when
 * idle, onwards at the pace of the wall clock.
 *
 * <p>Why at its pace and not to its value: after an outage the backlog is old, and a slow first
 * poll must not close the windows of clicks that are about to be read. Why an event counts no later
 * than it was written: one producer whose clock is a day ahead would otherwise close every window
 * for a day.
 */
final class LiveWatermarks implements WatermarkGenerator<Arrival> {
  private final long outOfOrderness;
  private final long idleTimeout;
  private final long startGrace;
  private final LongSupplier clock;
  private final long started;
  private long latest = Long.MIN_VALUE;
  private long lastArrival;
  private boolean arrived;

  /**
   * @param clock wall clock in milliseconds
   */
  LiveWatermarks(Watermarks.Live settings, LongSupplier clock) {
    this.outOfOrderness = settings.outOfOrderness().toMillis();
    this.idleTimeout = settings.idleTimeout().toMillis();
    this.startGrace = settings.startGrace().toMillis();
    this.clock = clock;
    this.started = clock.getAsLong();
  }

  @Override
  public void onEvent(Arrival arrival, long timestamp, WatermarkOutput output) {
    if (arrival instanceof ImpressionEvent || arrival instanceof ClickEvent) {
      long time = ((Event) arrival).eventTime();
      long written = arrival.origin().writtenTime();
      latest = Math.max(latest, written < 0 ? time : Math.min(time, written));
      arrived = true;
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    long now = clock.getAsLong();
    if (arrived) {
      arrived = false;
      lastArrival = now;
      output.emitWatermark(new Watermark(latest - outOfOrderness - 1));
    } else if (latest != Long.MIN_VALUE) {
      long idle = Math.max(0, now - lastArrival - idleTimeout);
      output.emitWatermark(new Watermark(latest + idle - outOfOrderness - 1));
    } else if (now - started >= startGrace) {
      output.emitWatermark(new Watermark(now - idleTimeout - outOfOrderness - 1));
    }
  }
}
