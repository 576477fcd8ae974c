package io.millrace.trainer;

import io.millrace.model.djl.JepaConfig;

/**
 * How a table is pre-trained. Of {@link Method#MASKED_FIELDS} only batch size, epochs, the scale
 * that training begins with and the seed can be set; the rest is {@link Method#T_JEPA}'s. The
 * learning rate rises in the first epochs, then falls as a cosine to zero; weight decay moves from
 * its first to its last value as a cosine.
 *
 * @param method what is learned without labels
 * @param jepa the networks and masks
 * @param batchSize examples of a step, at least 1
 * @param epochs passes over the examples, at least 1
 * @param learningRate the highest, above 0
 * @param warmUpEpochs of rising rates, at least 0 and less than all
 * @param firstWeightDecay decoupled, on tensors of two dimensions or more; at least 0
 * @param lastWeightDecay at least 0
 * @param firstMomentum of the target encoder, which rises to 1 by the end; in [0, 1)
 * @param initScale bound of the rows' initial values, above 0; small ones drown in the positions,
 *     and the representations collapse to these
 * @param startScale root mean square of the rows' values that training begins with, above 0
 * @param seed of order and masks
 */
public record PretrainingConfig(
    Method method,
    JepaConfig jepa,
    int batchSize,
    int epochs,
    double learningRate,
    int warmUpEpochs,
    double firstWeightDecay,
    double lastWeightDecay,
    double firstMomentum,
    double initScale,
    double startScale,
    long seed) {

  /** What is learned without labels. */
  public enum Method {
    /** Representations of fields from those of others: {@link Pretraining}. */
    T_JEPA,
    /** Values of fields from the mean of others: {@link MaskedFields}. */
    MASKED_FIELDS
  }

  public PretrainingConfig {
    Require.that(batchSize >= 1, "batchSize", batchSize, "at least 1");
    Require.that(epochs >= 1, "epochs", epochs, "at least 1");
    Require.that(learningRate > 0, "learningRate", learningRate, "above 0");
    Require.that(
        warmUpEpochs >= 0 && warmUpEpochs < epochs,
        "warmUpEpochs",
        warmUpEpochs,
        "at least 0, less than all " + epochs + " epochs");
    Require.that(firstWeightDecay >= 0, "firstWeightDecay", firstWeightDecay, "at least 0");
    Require.that(lastWeightDecay >= 0, "lastWeightDecay", lastWeightDecay, "at least 0");
    Require.that(
        firstMomentum >= 0 && firstMomentum < 1,
        "firstMomentum",
        firstMomentum,
        "at least 0, less than 1");
    Require.that(initScale > 0, "initScale", initScale, "above 0");
    Require.that(startScale > 0, "startScale", startScale, "above 0");
  }

  /** Few epochs of small networks: minutes for hundreds of thousands of examples. */
  public static PretrainingConfig defaults() {
    return new PretrainingConfig(
        Method.T_JEPA, JepaConfig.defaults(), 512, 10, 1e-3, 1, 0.01, 0.1, 0.996, 1, 0.02, 1);
  }

  /** The same with another seed. */
  public PretrainingConfig withSeed(long other) {
    return new PretrainingConfig(
        method,
        jepa,
        batchSize,
        epochs,
        learningRate,
        warmUpEpochs,
        firstWeightDecay,
        lastWeightDecay,
        firstMomentum,
        initScale,
        startScale,
        other);
  }

  /** Of the target encoder in step {@code step} of {@code steps}. */
  double momentum(long step, long steps) {
    return firstMomentum + (1 - firstMomentum) * step / steps;
  }

  /** Learning rate of step {@code step} of {@code steps}. */
  double rate(long step, long steps) {
    double warmUp = (double) steps * warmUpEpochs / epochs;
    if (step < warmUp) {
      return learningRate * (step + 1) / warmUp;
    }
    return learningRate * 0.5 * (1 + Math.cos(Math.PI * (step - warmUp) / (steps - warmUp)));
  }

  /** Weight decay of step {@code step} of {@code steps}. */
  double weightDecay(long step, long steps) {
    double past = 0.5 * (1 - Math.cos(Math.PI * step / steps));
    return firstWeightDecay + (lastWeightDecay - firstWeightDecay) * past;
  }
}
