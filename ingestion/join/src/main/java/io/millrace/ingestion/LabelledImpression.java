package io.millrace.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * An impression with its label, about to become an {@code Example}.
 *
 * @param outcome that the label is of
 * @param partition of the impression, with {@code offset} its place in the file order
 * @param happened the label
 * @param writtenTime Kafka's time of the outcome; 0 for a negative
 * @param value what the outcome said it is worth; null for a negative
 * @param body as in {@link ImpressionEvent}
 * @param corrects whether the impression has left with the other label before
 * @param finalAt event time from which the label cannot change; 0 if it is final
 * @param delay from the impression to the outcome as the join has met them, in milliseconds; 0 for
 *     a negative
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier from the join to the topic of examples
public record LabelledImpression(
    String impressionId,
    String outcome,
    long eventTime,
    int partition,
    long offset,
    boolean happened,
    long writtenTime,
    @Nullable Double value,
    byte[] body,
    boolean corrects,
    long finalAt,
    long delay) {}
