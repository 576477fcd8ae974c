package io.millrace.ingestion.job;

import io.millrace.ingestion.OutcomeRule;
import java.util.Arrays;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * When marks, Progress records among the examples, are written: soon after any example in live
 * operation, so that no learner waits for more, and when the cohorts of the last examples are over.
 * One thread, the operator's.
 */
final class ExampleMarks {
  private static final long LEAST_COHORT_MILLIS = 10_000;

  private final IngestionJobConfig config;
  private final JoinTime eventTime;
  private final ProcessingTimeService clock;
  private final Runnable writer;

  /** Event times by outcome at which a mark follows the last one. */
  private final long[] followUps;

  private boolean scheduled;

  /**
   * @param writer writes a mark of the event time that is reached
   */
  ExampleMarks(
      IngestionJobConfig config, JoinTime eventTime, ProcessingTimeService clock, Runnable writer) {
    this.config = config;
    this.eventTime = eventTime;
    this.clock = clock;
    this.writer = writer;
    this.followUps = new long[config.outcomes().size()];
    Arrays.fill(followUps, Long.MAX_VALUE);
  }

  /** Lets one follow soon, unless one is about to. */
  void schedule() {
    if (scheduled || config.markInterval().isZero()) {
      return;
    }
    scheduled = true;
    var unused =
        clock.registerTimer(
            clock.getCurrentProcessingTime() + config.markInterval().toMillis(),
            time -> {
              scheduled = false;
              write();
            });
  }

  /** Writes one now. */
  void write() {
    writer.run();
    for (int i = 0; i < followUps.length; i++) {
      followUps[i] = eventTime.reached() + cohortMillis(config.outcomes().get(i));
    }
  }

  /** About how long a learner collects impressions before it judges them together. */
  private static long cohortMillis(OutcomeRule rule) {
    return Math.max(LEAST_COHORT_MILLIS, rule.window().toMillis() / 10);
  }

  /**
   * On a quiet stream the last labels are final, but their cohorts are not over, when the last mark
   * is written: another one follows for each outcome when they are.
   */
  void followUp() {
    boolean due = false;
    for (int i = 0; i < followUps.length; i++) {
      if (eventTime.reached() >= followUps[i]) {
        followUps[i] = Long.MAX_VALUE;
        due = true;
      }
    }
    if (due && !config.markInterval().isZero()) {
      writer.run();
    }
  }
}
