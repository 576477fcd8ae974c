/**
 * Boundaries that a random walk crosses with a small probability at any time.
 *
 * <p>S is a sum of centred observations and V its intrinsic time (for a normal mixture the sum of
 * their variances). A mixture is a supermartingale M(S, V) that begins at 1; by Ville's inequality
 * it ever reaches 1/α with probability α at most. Everything here is a pure function.
 */
@NullMarked
package io.millrace.inference.boundary;

import org.jspecify.annotations.NullMarked;
