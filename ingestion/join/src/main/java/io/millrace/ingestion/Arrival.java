package io.millrace.ingestion;

/** What a reader of the event topics gives: an event, what is wrong with one, or how far it is. */
public sealed interface Arrival permits Event, Rejection, ReadPositions {}
