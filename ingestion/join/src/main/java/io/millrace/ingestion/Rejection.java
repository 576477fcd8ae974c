package io.millrace.ingestion;

import io.millrace.wire.RejectionReason;

/**
 * An event that cannot be used.
 *
 * @param detail names value, expectation and place in words
 */
public record Rejection(RejectionReason reason, String detail, Origin origin) implements Arrival {}
