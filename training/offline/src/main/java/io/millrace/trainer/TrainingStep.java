package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.Lookups;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.NumericFields;
import io.millrace.trained.LabeledExamples;
import org.jspecify.annotations.Nullable;

/**
 * The examples of one step and what is made of them before it computes. Buffers are for the largest
 * step. Used by one thread at a time.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector.
 */
final class TrainingStep {
  private final EmbeddingScheme scheme;
  private final EncodedBatch batch;
  private final Lookups lookups = new Lookups();
  private final float[] targets;
  private final float[] x;
  private boolean @Nullable [] missing;

  /**
   * @param largest examples of a step at most
   */
  TrainingStep(EmbeddingScheme scheme, int largest) {
    this.scheme = scheme;
    this.batch = new EncodedBatch(scheme.fields());
    this.targets = new float[largest];
    this.x = new float[largest * scheme.fields() * scheme.dim()];
  }

  /**
   * Takes the examples {@code order[from .. from + size)} and looks their rows up.
   *
   * @param calibrated targets of all examples in the place of labels, or null
   */
  void assemble(
      LabeledExamples examples, int[] order, int from, int size, float @Nullable [] calibrated) {
    batch.clear();
    for (int b = 0; b < size; b++) {
      int example = order[from + b];
      batch.append(examples.encoded(), example);
      targets[b] = calibrated == null ? examples.label(example) : calibrated[example];
    }
    missing = batch.missing();
    scheme.lookUp(batch, lookups);
  }

  /** Composes the field vectors from a table. */
  void gather(EmbeddingTable table) {
    lookups.gather(table, scheme.dim(), x);
  }

  /** Brings the field vectors up to date after these rows of the table have changed. */
  void gatherAgain(EmbeddingTable table, RowGradients changed) {
    lookups.gatherAgain(table, changed, scheme.dim(), x);
  }

  /**
   * Adds the gradients of the rows.
   *
   * @param dx [B, F, D]
   */
  void scatter(float[] dx, RowGradients into) {
    lookups.scatter(dx, into);
  }

  /** The largest numbers of the examples, and what to do about them. */
  String numbers(NumericFields fields) {
    return fields.advice(batch, 0, batch.size());
  }

  /** B. */
  int size() {
    return batch.size();
  }

  /** What each example is to answer [B]. */
  float target(int b) {
    return targets[b];
  }

  /** Field vectors [B, F, D]. */
  float[] x() {
    return x;
  }

  /** Which fields have no value [B, F], or null. */
  boolean @Nullable [] missing() {
    return missing;
  }
}
