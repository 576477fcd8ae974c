package io.millrace.trainer;

import io.millrace.calibration.CalibrationConfig;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelConfigBuilder;
import io.millrace.learner.Unlearnable;
import io.millrace.model.DivergedException;
import io.millrace.optimizer.Optimizer;
import io.millrace.trained.GradientSums;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.Weights;
import java.util.List;

/** A pass over the training set at trained weights, which sums the squares of their gradients. */
final class GradientPass {
  private GradientPass() {}

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
        ModelConfigBuilder.builder(c.withoutExperts())
            .rowOptimizer(sums)
            .denseOptimizer(sums)
            .calibration(CalibrationConfig.none())
            .build();
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
}
