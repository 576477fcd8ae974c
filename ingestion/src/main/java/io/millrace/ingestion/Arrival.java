package io.millrace.ingestion;

/** One record of an event topic, decoded: an event, or what is wrong with it. */
public sealed interface Arrival permits Event, Rejection {

  /** Where it came from. */
  Origin origin();
}
