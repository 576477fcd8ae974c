/**
 * The training job: a learner driven by Flink, reading {@code examples}, publishing {@code
 * parameters.<model>} and {@code learner-metrics.<model>}.
 *
 * <p>Invariant: what a learner knows at a checkpoint is exactly what the examples below the
 * checkpointed offset taught it, each once. Threading: the operator's thread owns the learner; a
 * publisher thread owns the producer and sees copies only.
 */
@NullMarked
package io.millrace.training;

import org.jspecify.annotations.NullMarked;
