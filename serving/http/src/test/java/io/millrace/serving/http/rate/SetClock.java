package io.millrace.serving.http.rate;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.TimeUnit;

/** A clock that a test moves on. */
public final class SetClock implements Clock {
  private long millis = 1_000_000;

  /** Moves it on by milliseconds. */
  public void forward(long by) {
    millis += by;
  }

  @Override
  public long wallTime() {
    return millis;
  }

  @Override
  public long monotonicTime() {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
