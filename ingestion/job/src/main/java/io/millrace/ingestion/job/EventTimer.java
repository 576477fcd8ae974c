package io.millrace.ingestion.job;

import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.Triggerable;

/**
 * What is done when a timer of event time fires; the join has no others.
 *
 * @param <N> namespace of the timers
 */
interface EventTimer<N> extends Triggerable<String, N> {

  @Override
  default void onProcessingTime(InternalTimer<String, N> timer) {
    throw new IllegalStateException("processing-time timer, expected none to be registered");
  }
}
