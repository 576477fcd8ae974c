package io.millrace.ingestion.job;

/** A record to be written to Kafka. */
record Outbound(byte[] key, byte[] value) {}
