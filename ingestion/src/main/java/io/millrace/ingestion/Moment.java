package io.millrace.ingestion;

/**
 * When the join meets an event, in event time.
 *
 * @param cameAt the time at which the event came, as in {@link LabelJoin}
 * @param reached the time that the whole join has reached
 * @param patience how long an impression waits for its click before it is taken to have none for
 *     now, in milliseconds; of no meaning for a click, nor where examples leave at a window's end
 */
public record Moment(long cameAt, long reached, long patience) {
  private static final long FOR_EVER = Long.MAX_VALUE / 4;

  /** The whole join has reached the time at which the event came; a click is waited for. */
  public static Moment of(long cameAt) {
    return new Moment(cameAt, cameAt, FOR_EVER);
  }

  /** The moment's time: an event that is read ahead of the others is taken at its own. */
  long time(long eventTime) {
    long time = Math.max(cameAt, reached);
    return time == EventClock.NONE ? eventTime : time;
  }
}
