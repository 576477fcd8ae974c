package io.millrace.ingestion.job;

import java.io.Serializable;
import java.time.Duration;

/** How event time advances. */
public sealed interface Watermarks extends Serializable {

  /**
   * By the events, and by the wall clock while there are none, so that label windows close on a
   * quiet night too. Progress records say nothing here.
   *
   * @param outOfOrderness how much later than its successors an event may arrive
   * @param idleTimeout a partition without events for so long advances with the wall clock
   * @param startGrace how long a partition that has not yet shown an event holds back the others
   *     after a start, because its backlog may just not have been read yet
   */
  record Live(Duration outOfOrderness, Duration idleTimeout, Duration startGrace)
      implements Watermarks {
    /** One second, one second, ten seconds. */
    public static final Live DEFAULT =
        new Live(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(10));

    public Live {
      if (outOfOrderness.isNegative() || idleTimeout.isNegative() || startGrace.isNegative()) {
        throw new IllegalArgumentException(
            "outOfOrderness, idleTimeout, startGrace: "
                + outOfOrderness
                + ", "
                + idleTimeout
                + ", "
                + startGrace
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
