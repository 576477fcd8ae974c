/**
 * Embedding rows: which rows of one shared table a feature value touches ({@link
 * io.millrace.embedding.EmbeddingScheme}), the learner's mutable table, a server's immutable one,
 * and how a row becomes bytes ({@link io.millrace.embedding.RowFormat}).
 *
 * <p>Invariant: a row that was never updated has the value that {@link
 * io.millrace.embedding.InitialRows} gives it, a pure function of (seed, row), so learner and
 * servers agree on rows that nobody stores; a server that holds rows in fewer bits rounds them.
 * Threading: {@link io.millrace.embedding.TableSnapshot}, schemes and codecs are immutable and may
 * be shared; {@link io.millrace.embedding.LearnerTable} and {@link
 * io.millrace.embedding.RowGradients} belong to one thread.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector, M rows, W row width = D / max
 * lookups.
 */
@NullMarked
package io.millrace.embedding;

import org.jspecify.annotations.NullMarked;
