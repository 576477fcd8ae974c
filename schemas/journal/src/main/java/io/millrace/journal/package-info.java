/**
 * A state that many processes share: the changes to it stand in a compacted Kafka topic, one after
 * the other, and each process applies them to a copy of its own.
 *
 * <p>Invariant: a change holds only if whoever decided it knew every change before it; equal topics
 * give equal states.
 */
@NullMarked
package io.millrace.journal;

import org.jspecify.annotations.NullMarked;
