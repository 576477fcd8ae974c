/**
 * The label join as pure steps: bytes become events ({@link io.millrace.ingestion.EventDecoder}),
 * an event and the state of its impression id become a transition ({@link
 * io.millrace.ingestion.LabelJoin}). Nothing here knows Flink or Kafka.
 *
 * <p>Invariant: every event that arrives is counted, and ends in exactly one example, in one
 * rejected event, or as a counted duplicate. Where producers keep the promises of their Progress
 * records, what an event ends as does not depend on how impressions and clicks interleave.
 *
 * <p>Threading: values are immutable; the decoder and the writers reuse buffers and belong to one
 * thread.
 */
@NullMarked
package io.millrace.ingestion;

import org.jspecify.annotations.NullMarked;
