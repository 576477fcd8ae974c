/**
 * A synthetic advertising market whose true click probabilities are known: the demo's users and the
 * yardstick that a learner is held against.
 *
 * <p>Invariant: tastes, users and live ads are pure functions of (seed, time); only what happened
 * to a user (open sessions, clicked categories) is state, and it is bounded by the number of users.
 * No I/O and no clock: the caller says what time it is. Not thread-safe: one thread drives a world.
 */
@NullMarked
package io.millrace.world;

import org.jspecify.annotations.NullMarked;
