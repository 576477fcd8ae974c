package io.millrace.ingestion;

import java.util.List;

/** What is remembered about one impression id. Absence of state is {@code null}. */
public sealed interface JoinState {

  /**
   * Clicks came first and wait for their impression, in order of arrival.
   *
   * @param clicks never empty
   */
  record ClicksWaiting(List<WaitingClick> clicks) implements JoinState {
    public ClicksWaiting {
      if (clicks.isEmpty()) {
        throw new IllegalArgumentException("clicks: empty, expected at least one");
      }
      clicks = List.copyOf(clicks);
    }
  }

  /**
   * A click that waits.
   *
   * @param cameAt the time at which it came; see {@link LabelJoin}
   */
  record WaitingClick(ClickEvent event, long cameAt) {}

  /**
   * The impression is here, its label is not given yet.
   *
   * @param metAt event time at which the join met it; the impression's own in states of before it
   *     was kept
   * @param learnAt event time at which it leaves as not clicked; 0 when its window ends
   * @param clickWrittenTime Kafka's time of the click; 0 while there is none
   * @param partition of the impression, with {@code offset} its place in the file order
   */
  record ImpressionWaiting(
      long eventTime,
      long metAt,
      long learnAt,
      int partition,
      long offset,
      boolean clicked,
      long clickWrittenTime,
      byte[] body)
      implements JoinState {}

  /**
   * The impression has left as not clicked, and a click may still correct it.
   *
   * @param metAt event time at which the join met it
   * @param partition of the impression, with {@code offset} its place in the file order
   */
  record Provisional(long eventTime, long metAt, int partition, long offset, byte[] body)
      implements JoinState {}

  /** The final label has left; remembered so that duplicates and late clicks are recognised. */
  record Labelled(long eventTime, boolean clicked) implements JoinState {}
}
