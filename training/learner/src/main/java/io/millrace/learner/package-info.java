/**
 * The learner: a model's configuration, what it compiles to, and the loop of predict, then learn.
 *
 * <p>Invariant: what is learned is a pure function of (config, feature schema, examples in order):
 * the same log gives the same bits, whether or not the learner was stored and restored on the way.
 * Threading: {@link io.millrace.learner.CompiledModel} is immutable and shared by learner and
 * servers; a {@link io.millrace.learner.Learner} belongs to one thread.
 */
@NullMarked
package io.millrace.learner;

import org.jspecify.annotations.NullMarked;
