package io.millrace.ingestion;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is remembered about one impression id. Absence of state is {@code null}. */
public sealed interface JoinState {

  /**
   * Outcomes came first and wait for their impression, in order of arrival.
   *
   * @param outcomes never empty
   */
  record OutcomesWaiting(List<WaitingOutcome> outcomes) implements JoinState {
    public OutcomesWaiting {
      if (outcomes.isEmpty()) {
        throw new IllegalArgumentException("outcomes: empty, expected at least one");
      }
      outcomes = List.copyOf(outcomes);
    }
  }

  /**
   * An outcome that waits.
   *
   * @param cameAt the time at which it came; see {@link LabelJoin}
   */
  record WaitingOutcome(OutcomeEvent event, long cameAt) {}

  /**
   * The impression is here, and not all of its labels are final.
   *
   * @param metAt event time at which the join met it; the impression's own in states of before it
   *     was kept
   * @param partition of the impression, with {@code offset} its place in the file order
   * @param labels one for each outcome that the impression came in time for
   * @param body features and answer, once for all outcomes
   */
  record Open(
      long eventTime, long metAt, int partition, long offset, List<Label> labels, byte[] body)
      implements JoinState {}

  /**
   * All labels are final; remembered so that repetitions and what is late are recognised.
   *
   * @param labels all final
   */
  record Closed(long eventTime, List<Label> labels) implements JoinState {}

  /** What has left of a label. */
  enum Left {
    /** Nothing yet. */
    NOTHING,
    /** An example that it did not happen. */
    NO,
    /** An example that it happened. */
    YES
  }

  /**
   * What is known of one outcome.
   *
   * @param left the example that has left last
   * @param happened what the latest word says
   * @param saidAt event time of the latest word, be it that it happened or that it is taken back;
   *     {@link #UNSAID} while there is none
   * @param writtenTime Kafka's time of the word that it happened; 0 without
   * @param value of the same
   * @param learnAt event time at which an example leaves that says no; 0 when the window ends
   * @param isFinal whether the window is over; of the others only {@code happened} is kept then
   */
  record Label(
      String outcome,
      Left left,
      boolean happened,
      long saidAt,
      long writtenTime,
      @Nullable Double value,
      long learnAt,
      boolean isFinal) {
    static final long UNSAID = Long.MIN_VALUE;

    /** Nothing is known. */
    static Label waiting(String outcome, long learnAt) {
      return new Label(outcome, Left.NOTHING, false, UNSAID, 0, null, learnAt, false);
    }

    /** Nothing can change it. */
    static Label closed(String outcome, boolean happened) {
      return new Label(outcome, Left.NOTHING, happened, UNSAID, 0, null, 0, true);
    }

    /** After an event of the outcome has said what counts from now on. */
    Label said(OutcomeEvent event) {
      return new Label(
          outcome,
          left,
          !event.retracted(),
          event.eventTime(),
          event.retracted() ? 0 : event.origin().writtenTime(),
          event.retracted() ? null : event.value(),
          learnAt,
          false);
    }

    /** After the same was said again; of two words the later one counts. */
    Label saidAgain(OutcomeEvent event) {
      return event.eventTime() <= saidAt ? this : said(event);
    }

    /** After an example has left that says what the label says. */
    Label leaving() {
      Left now = happened ? Left.YES : Left.NO;
      return new Label(outcome, now, happened, saidAt, writtenTime, value, learnAt, false);
    }

    /** When its window is over. */
    Label closed() {
      return closed(outcome, happened);
    }
  }
}
