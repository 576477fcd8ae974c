package io.millrace.ingestion;

/**
 * When the join meets an event, in event time.
 *
 * @param cameAt the time at which the event came, as in {@link LabelJoin}
 * @param reached the time that the whole join has reached
 * @param patience of an impression; of no meaning for an outcome, nor where examples leave at a
 *     window's end
 */
public record Moment(long cameAt, long reached, Patience patience) {
  private static final long FOR_EVER = Long.MAX_VALUE / 4;

  /** How long an impression waits for an outcome before it is taken to have none for now. */
  @FunctionalInterface
  public interface Patience {
    /** For an outcome waited for by this rule, in milliseconds. */
    long of(OutcomeRule rule);
  }

  /** The whole join has reached the time at which the event came; an outcome is waited for. */
  public static Moment of(long cameAt) {
    return new Moment(cameAt, cameAt, rule -> FOR_EVER);
  }

  /** The moment's time: an event that is read ahead of the others is taken at its own. */
  long time(long eventTime) {
    long time = Math.max(cameAt, reached);
    return time == EventClock.NONE ? eventTime : time;
  }
}
