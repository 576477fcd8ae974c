/**
 * The HTTP server: reads requests for {@link io.millrace.ranking}, writes its answers, and tells of
 * health, metrics, status and history; it serves the console's page too.
 *
 * <p>Invariant: bad input is answered with a 4xx that names field, expectation and value; it is
 * never a 5xx and never carries a stack trace.
 *
 * <p>Threading: requests are read, scored and answered by the server's workers; health and
 * readiness by event loops, from what is there; all other looks at the server by one thread.
 * Waiting for Kafka's acknowledgement holds no thread.
 */
@NullMarked
package io.millrace.serving.http;

import org.jspecify.annotations.NullMarked;
