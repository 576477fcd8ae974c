package io.millrace.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * Where an event came from and what it was, byte for byte, so that it can be kept if it is
 * rejected.
 *
 * @param writtenTime wall-clock milliseconds of the Kafka record
 */
public record Origin(
    String topic,
    int partition,
    long offset,
    long writtenTime,
    byte @Nullable [] key,
    byte @Nullable [] value) {

  /** Names the place for an error message. */
  public String place() {
    return topic + "-" + partition + " offset " + offset;
  }
}
