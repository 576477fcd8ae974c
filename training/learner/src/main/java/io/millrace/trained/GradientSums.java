package io.millrace.trained;

import io.millrace.learner.Learner;
import io.millrace.model.TensorSpec;
import io.millrace.optimizer.Optimizer;
import java.util.List;

/**
 * What a stream's optimizers need to know of trained weights: the steps of each row and tensor and
 * the sums of their squared gradients, as if a learner had gone through the training set in steps
 * of the stream's size as often as training has, always at the trained weights. A learner that
 * begins with these weights then goes on in steps of a fitting length, instead of with first steps
 * that forget them.
 *
 * @param rows [R, 1 + W] in the order of {@link Weights#rows}: steps, then squares
 * @param tensors [T][1 + size] likewise; empty for running statistics
 */
@SuppressWarnings("ArrayRecordComponent") // a snapshot, never compared
public record GradientSums(float[] rows, float[][] tensors) {

  /** All zeros: a learner's optimizers stay fresh. */
  public static GradientSums none(int rows, int width, List<TensorSpec> specs) {
    return new GradientSums(
        new float[rows * (1 + width)],
        specs.stream().map(spec -> new float[slots(spec)]).toArray(float[][]::new));
  }

  private static int slots(TensorSpec spec) {
    return spec.role() instanceof TensorSpec.Role.Weight ? 1 + spec.size() : 0;
  }

  /**
   * These sums for each expert of a mixture; none for tensors that the single model does not have.
   *
   * @param sources of each tensor of the mixture, as {@link
   *     io.millrace.model.ExpertMixture#sources}
   */
  public GradientSums forExperts(int experts, int width, int[] sources) {
    int count = rows.length / (1 + width);
    float[] copies = new float[count * (1 + experts * width)];
    for (int i = 0, to = 0; i < count; i++) {
      copies[to++] = rows[i * (1 + width)];
      for (int e = 0; e < experts; e++, to += width) {
        System.arraycopy(rows, i * (1 + width) + 1, copies, to, width);
      }
    }
    float[][] of = new float[sources.length][0];
    for (int t = 0; t < sources.length; t++) {
      of[t] = sources[t] < 0 ? of[t] : tensors[sources[t]];
    }
    return new GradientSums(copies, of);
  }

  /** Lets a learner's optimizers recall them; its weights must be {@code weights} already. */
  public void recallIn(Learner learner, Weights weights) {
    int width = learner.table().rowWidth();
    Optimizer rowOptimizer = learner.rowOptimizer();
    for (int i = 0; i < weights.rows().length; i++) {
      int at = i * (1 + width);
      learner
          .table()
          .edit(
              weights.rows()[i],
              (values, offset, slots, slotOffset) ->
                  rowOptimizer.recall(values, offset, width, slots, slotOffset, rows, at));
    }
    for (int t = 0; t < tensors.length; t++) {
      if (tensors[t].length > 0) {
        float[] values = learner.tensors().values()[t];
        float[] slots = learner.tensorSlots()[t];
        learner.config().denseOptimizer().recall(values, 0, values.length, slots, 0, tensors[t], 0);
      }
    }
  }
}
