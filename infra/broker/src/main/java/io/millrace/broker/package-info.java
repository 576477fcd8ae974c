/**
 * A Kafka broker inside this JVM, for the platform in one process and for the tests of every module
 * that talks to Kafka. It knows nothing of Millrace.
 *
 * <p>Invariant: everything that the broker keeps lives in its log directory, and one process owns
 * it. A broker is started and closed by one thread; its clients may be anywhere.
 */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
