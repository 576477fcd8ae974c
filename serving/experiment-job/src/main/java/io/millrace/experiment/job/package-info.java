/**
 * Totals of experiments from joined outcomes, as a Flink job.
 *
 * <p>Invariant: what is known is in Flink's state at every barrier; totals in memory are a copy of
 * it. The topic {@code experiment-metrics} is written from the totals, at least once, and never
 * read here.
 *
 * <p>Threading: the operator runs in its task's thread; nothing is shared.
 */
@NullMarked
package io.millrace.experiment.job;

import org.jspecify.annotations.NullMarked;
