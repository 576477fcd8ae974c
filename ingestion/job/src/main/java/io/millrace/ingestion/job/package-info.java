/**
 * The label join as a Flink job: thin drivers around the pure steps of {@code
 * io.millrace.ingestion}.
 *
 * <p>Invariant: what an operator knows is in its state at every barrier; what it keeps in memory is
 * a cache of that. Counts are exact whatever fails; examples and rejected events are written at
 * least once.
 *
 * <p>Threading: each operator runs in its task's thread; nothing is shared.
 */
@NullMarked
package io.millrace.ingestion.job;

import org.jspecify.annotations.NullMarked;
