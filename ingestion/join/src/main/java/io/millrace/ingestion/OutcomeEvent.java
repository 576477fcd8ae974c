package io.millrace.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * Something came of an impression, or is taken back.
 *
 * @param outcome its name, {@link OutcomeRule#CLICK} for a click
 * @param value what it is worth, finite; null if nothing was said
 * @param retracted whether it is taken back
 */
public record OutcomeEvent(
    String impressionId,
    String outcome,
    long eventTime,
    @Nullable Double value,
    boolean retracted,
    Origin origin)
    implements Event {

  /** A click. */
  public static OutcomeEvent click(String impressionId, long eventTime, Origin origin) {
    return new OutcomeEvent(impressionId, OutcomeRule.CLICK, eventTime, null, false, origin);
  }
}
