/**
 * What a policy would have earned, from the log of another: estimates, their intervals, and whether
 * the log supports them.
 *
 * <p>Arrays have one entry a round: T rounds, r reward, p the logging policy's probability of the
 * action that was taken, π the target policy's, w = π / p, q(a) the reward model's prediction for
 * that action and q(π) its mean over the target's actions. Everything is a pure function; what
 * draws randomly takes a seed.
 */
@NullMarked
package io.millrace.inference.offpolicy;

import org.jspecify.annotations.NullMarked;
