package io.millrace.trainer;

import io.millrace.calibration.CalibrationConfig;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Expert;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.Unlearnable;
import io.millrace.model.DivergedException;
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
record GradientSums(float[] rows, float[][] tensors) {

  /** All zeros: a learner's optimizers stay fresh. */
  static GradientSums none(int rows, int width, List<TensorSpec> specs) {
    return new GradientSums(
        new float[rows * (1 + width)],
        specs.stream().map(spec -> new float[slots(spec)]).toArray(float[][]::new));
  }

  private static int slots(TensorSpec spec) {
    return spec.role() instanceof TensorSpec.Role.Weight ? 1 + spec.size() : 0;
  }

  /**
   * Sums over examples in their order, in steps of the size that the model's config names.
   *
   * @param passes how often the examples count
   */
  static GradientSums over(
      LabeledExamples examples,
      int passes,
      CompiledModel compiled,
      Weights weights,
      TrainingProgress progress) {
    ModelConfig c = compiled.config();
    Optimizer sums = new SquareSums();
    ModelConfig still =
        new ModelConfig(
            c.name(),
            c.subject(),
            c.rows(),
            c.dim(),
            c.stepSize(),
            c.seed(),
            c.initScale(),
            sums,
            sums,
            List.of(Expert.plain()),
            false,
            CalibrationConfig.none(),
            c.architecture());
    CompiledModel same =
        new CompiledModel(
            still, compiled.schema(), compiled.encoder(), compiled.scheme(), compiled.model());
    try (Learner learner = new Learner(same, Long.MAX_VALUE)) {
      weights.copyTo(learner.table(), learner.tensors());
      EncodedBatch batch = new EncodedBatch(same.scheme().fields());
      byte[] labels = new byte[c.stepSize()];
      float[] probabilities = new float[c.stepSize()];
      for (int from = 0; from < examples.size(); from += c.stepSize()) {
        int size = Math.min(c.stepSize(), examples.size() - from);
        batch.clear();
        for (int b = 0; b < size; b++) {
          batch.append(examples.encoded(), from + b);
          labels[b] = examples.label(from + b);
        }
        List<Unlearnable> leftOut = learner.learn(batch, labels, probabilities);
        if (!leftOut.isEmpty()) {
          throw new DivergedException(leftOut.get(0).detail());
        }
        progress.done("squares of gradients", from + size, examples.size());
      }
      int slots = sums.slots(learner.table().rowWidth());
      float[] rows = new float[weights.rows().length * slots];
      for (int i = 0; i < weights.rows().length; i++) {
        int at = i * slots;
        learner
            .table()
            .edit(
                weights.rows()[i],
                (values, offset, from, slotOffset) ->
                    System.arraycopy(from, slotOffset, rows, at, slots));
      }
      multiply(rows, passes);
      for (float[] tensor : learner.tensorSlots()) {
        multiply(tensor, passes);
      }
      return new GradientSums(rows, learner.tensorSlots());
    }
  }

  private static void multiply(float[] values, int factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  /**
   * The same for each expert of a mixture; none for tensors that the single model does not have.
   *
   * @param sources of each tensor of the mixture, as {@link
   *     io.millrace.model.ExpertMixture#sources}
   */
  GradientSums forExperts(int experts, int width, int[] sources) {
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
  void recallIn(Learner learner, Weights weights) {
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
