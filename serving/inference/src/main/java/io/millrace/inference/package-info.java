/**
 * What an experiment's numbers mean: moments of units, effects of a treatment, their intervals.
 *
 * <p>Everything here is a pure function of sufficient statistics, so that it can be asked again at
 * any time and gives the same answer. Only {@link Moments} can be changed; it belongs to one
 * thread.
 */
@NullMarked
package io.millrace.inference;

import org.jspecify.annotations.NullMarked;
