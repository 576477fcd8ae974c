/**
 * The HTTP server: predictions, rankings with impression logging, health, metrics, status and the
 * console.
 *
 * <p>Invariant: an answer comes from one whole model version. A request reads the present {@link
 * io.millrace.parameters.ModelSnapshot} once, scores all of its candidates with it and names its
 * version in the answer and in the impressions it logs. Bad input is answered with a 4xx that names
 * field, expectation and value; it is never a 5xx and never carries a stack trace.
 *
 * <p>Threading: requests are parsed and scored on the server's blocking executor; whatever is
 * mutable there ({@link io.millrace.serving.Scratch}) is lent to one request at a time. Waiting for
 * Kafka's acknowledgement holds no thread.
 */
@NullMarked
package io.millrace.serving;

import org.jspecify.annotations.NullMarked;
