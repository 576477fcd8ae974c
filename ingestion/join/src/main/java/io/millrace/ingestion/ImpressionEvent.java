package io.millrace.ingestion;

/**
 * An impression whose features are known to be encodable.
 *
 * @param body the fields {@code features} and {@code served} in Avro binary, which end an {@code
 *     Example} just as they end an {@code Impression}
 */
public record ImpressionEvent(String impressionId, long eventTime, byte[] body, Origin origin)
    implements Event {}
