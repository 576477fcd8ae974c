package io.millrace.trainer;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.FieldVectors;
import io.millrace.learner.NumericFields;
import io.millrace.model.Tensors;
import io.millrace.trained.LabeledExamples;
import org.jspecify.annotations.Nullable;

/**
 * The examples of one step and what is made of them before it computes. Buffers are for the largest
 * step. Used by one thread at a time.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector.
 */
final class TrainingStep {
  private final EncodedBatch batch;
  private final FieldVectors vectors;
  private final float[] targets;
  private final float[] x;
  private boolean @Nullable [] missing;

  /**
   * @param largest examples of a step at most
   */
  TrainingStep(CompiledModel compiled, int largest) {
    int fields = compiled.scheme().fields();
    this.vectors = compiled.newFieldVectors();
    this.batch = new EncodedBatch(fields);
    this.targets = new float[largest];
    this.x = new float[largest * fields * compiled.scheme().dim()];
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
    vectors.lookUp(batch);
  }

  /** Composes the field vectors from a table and the model's tensors. */
  void gather(EmbeddingTable table, Tensors tensors) {
    vectors.gather(table, tensors, x);
  }

  /** Brings the field vectors up to date after tensors and these rows have changed. */
  void gatherAgain(EmbeddingTable table, Tensors tensors, RowGradients changed) {
    vectors.gatherAgain(table, tensors, changed, x);
  }

  /** The gradients of rows and of the embedding's tensors; see {@link FieldVectors#scatter}. */
  void scatter(
      EmbeddingTable table, Tensors tensors, float[] dx, RowGradients into, Tensors gradients) {
    vectors.scatter(table, tensors, dx, into, gradients);
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
