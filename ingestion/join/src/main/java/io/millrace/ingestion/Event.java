package io.millrace.ingestion;

/** What producers write to the topics impressions and clicks. */
public sealed interface Event extends Arrival permits ImpressionEvent, OutcomeEvent, ProgressEvent {

  /** Milliseconds since the epoch, by the producer's clock. */
  long eventTime();

  /** Where it came from. */
  Origin origin();
}
