/**
 * Offline training: labelled examples in memory, mini-batches of a seeded order, early stopping on
 * a validation set. What comes out is a {@link io.millrace.trained.TrainedModel}, which can be
 * evaluated, stored, and handed to an online learner as its start.
 */
@NullMarked
package io.millrace.trainer;

import org.jspecify.annotations.NullMarked;
