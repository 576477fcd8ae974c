package io.millrace.ingestion;

/** A click on an impression. */
public record ClickEvent(String impressionId, long eventTime, Origin origin) implements Event {}
