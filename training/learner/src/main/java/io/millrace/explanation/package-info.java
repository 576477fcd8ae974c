/**
 * Explanations in terms of a schema's fields: of one prediction, and of a model over many examples.
 * What they are made of, by field number, comes from {@link io.millrace.model.Explainer}.
 *
 * <p>Invariant: nothing here changes a model or a prediction. Threading: explanations are
 * immutable; who makes them belongs to one thread.
 */
@NullMarked
package io.millrace.explanation;

import org.jspecify.annotations.NullMarked;
