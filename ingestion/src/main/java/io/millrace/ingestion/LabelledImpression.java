package io.millrace.ingestion;

/**
 * An impression with its label, about to become an {@code Example}.
 *
 * @param clickWrittenTime Kafka's time of the click; 0 for a negative
 * @param partition of the impression, with {@code offset} its place in the file order
 * @param body as in {@link ImpressionEvent}
 */
public record LabelledImpression(
    String impressionId,
    long eventTime,
    int partition,
    long offset,
    boolean clicked,
    long clickWrittenTime,
    byte[] body) {}
