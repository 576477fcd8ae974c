/**
 * Click-through-rate models above their embeddings: field vectors in, logits out, and gradients
 * back. The loss exists once, in {@link io.millrace.model.BinaryCrossEntropy}. Deep models exist
 * twice, by kernels and on DJL, with the same tensors; {@link io.millrace.model.Engine} says which.
 *
 * <p>Invariant: a model holds no weights; learner and servers use the same model with weights of
 * their own. Threading: models are immutable, a workspace belongs to one thread.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector, all arrays row-major.
 */
@NullMarked
package io.millrace.model;

import org.jspecify.annotations.NullMarked;
