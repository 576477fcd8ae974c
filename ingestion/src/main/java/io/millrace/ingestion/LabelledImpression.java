package io.millrace.ingestion;

/**
 * An impression with its label, about to become an {@code Example}.
 *
 * @param clickWrittenTime Kafka's time of the click; 0 for a negative
 * @param partition of the impression, with {@code offset} its place in the file order
 * @param body as in {@link ImpressionEvent}
 * @param corrects whether the impression has left as not clicked before
 * @param finalAt event time from which the label cannot change; 0 if it is final
 * @param delay from the impression to the click as the join has met them, in milliseconds; 0 for a
 *     negative
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier from the join to the topic of examples
public record LabelledImpression(
    String impressionId,
    long eventTime,
    int partition,
    long offset,
    boolean clicked,
    long clickWrittenTime,
    byte[] body,
    boolean corrects,
    long finalAt,
    long delay) {}
