package io.millrace.ingestion.job;

import java.io.Serializable;
import java.time.Duration;

/** How event time advances. */
public sealed interface Watermarks extends Serializable {

  /**
   * By the events; see {@link io.millrace.ingestion.EventClock}. Progress records say nothing here.
   * Needs parallelism 1.
   *
   * @param outOfOrderness how much later than its successors in a partition an event may come
   * @param idleTimeout a partition that was read to its end and silent so long is not waited for
   */
  record Live(Duration outOfOrderness, Duration idleTimeout) implements Watermarks {
    /** One second each. */
    public static final Live DEFAULT = new Live(Duration.ofSeconds(1), Duration.ofSeconds(1));

    public Live {
      if (outOfOrderness.isNegative() || idleTimeout.isNegative()) {
        throw new IllegalArgumentException(
            "outOfOrderness, idleTimeout: "
                + outOfOrderness
                + ", "
                + idleTimeout
                + ", expected none to be negative");
      }
    }
  }

  /**
   * By Progress records alone: a replay's windows close by its file, whatever the clock says. Needs
   * parallelism 1.
   *
   * @param partitions of impressions and clicks together; each must make promises
   */
  record ProgressOnly(int partitions) implements Watermarks {
    public ProgressOnly {
      if (partitions < 1) {
        throw new IllegalArgumentException("partitions: " + partitions + ", expected at least 1");
      }
    }
  }
}
