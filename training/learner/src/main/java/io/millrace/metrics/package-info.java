/**
 * Metrics of predicted probabilities against labels, mergeable and storable, and against true
 * probabilities where these are known.
 *
 * <p>Invariant: a metric depends on what was added, not on how it was split over merges or
 * checkpoints, up to the rounding of sums. Threading: an {@link io.millrace.metrics.Evaluation}
 * belongs to one thread.
 */
@NullMarked
package io.millrace.metrics;

import org.jspecify.annotations.NullMarked;
