package io.millrace.ingestion;

/**
 * A producer's promise that no event of this partition that follows has an earlier event time;
 * {@link Long#MAX_VALUE} says that none follows.
 */
public record ProgressEvent(long eventTime, Origin origin) implements Event {

  /** The last event time that is complete: the watermark that this promise allows. */
  public long watermark() {
    return eventTime == Long.MAX_VALUE ? Long.MAX_VALUE : eventTime - 1;
  }
}
