package io.millrace.trainer;

/**
 * How a model is trained offline. Gradients are of the mean loss of a mini-batch.
 *
 * @param batchSize examples of a step, at least 1
 * @param epochs passes over the training set at most, at least 1
 * @param patience epochs without a better validation AUC after which the learning rates are cut
 * @param rateCut factor of each cut, in (0, 1]
 * @param stopAfter epochs without a better validation AUC after which training ends
 * @param l2 λ of the term λ/2·‖E‖² on embedding rows, or of their decay; at least 0
 * @param l2Scope which rows the term is on
 * @param clipNorm largest norm of all gradients of a step together, longer ones are scaled down; 0
 *     for no limit
 * @param clipValue largest magnitude of a gradient's element, larger ones are cut; 0 for no limit
 * @param averaging decay of the moving average of the weights that is judged and kept, in [0, 1); 0
 *     for the weights themselves ({@link WeightAverage})
 * @param cape what follows when training has stopped
 * @param seed of order and dropout; the model's own seed decides its initial values
 */
public record TrainerConfig(
    int batchSize,
    int epochs,
    int patience,
    double rateCut,
    int stopAfter,
    double l2,
    L2Scope l2Scope,
    double clipNorm,
    double clipValue,
    double averaging,
    CapeConfig cape,
    long seed) {

  /** Rows that weight decay is on. */
  public enum L2Scope {
    /**
     * All rows of the training set's tokens, at each step: the gradient is λE whether a batch holds
     * the row or not.
     */
    TABLE,
    /** The rows that a batch holds, once each: cheaper, and weaker on rare rows. */
    BATCH,
    /**
     * All rows of the training set's tokens, outside the gradient: each step shrinks them by 1 −
     * rate·λ, a row that no batch holds later and at once ({@link LazyDecay}). As cheap as BATCH.
     * Adam does not divide this by a gradient's size, so that it wants a far larger λ than TABLE.
     */
    LAZY
  }

  public TrainerConfig {
    Require.that(batchSize >= 1, "batchSize", batchSize, "at least 1");
    Require.that(epochs >= 1, "epochs", epochs, "at least 1");
    Require.that(patience >= 1, "patience", patience, "at least 1");
    Require.that(rateCut > 0 && rateCut <= 1, "rateCut", rateCut, "above 0, at most 1");
    Require.that(stopAfter >= 1, "stopAfter", stopAfter, "at least 1");
    Require.that(
        l2 >= 0 && l2 < Double.POSITIVE_INFINITY, "l2", l2, "a finite value of at least 0");
    Require.that(clipNorm >= 0, "clipNorm", clipNorm, "at least 0");
    Require.that(clipValue >= 0, "clipValue", clipValue, "at least 0");
    Require.that(averaging >= 0 && averaging < 1, "averaging", averaging, "at least 0, below 1");
  }

  /**
   * As the open CTR benchmarks train (FuxiCTR, commit 0245987): batches of 4,096, rates cut to a
   * tenth after an epoch without improvement, an end after two, gradients clipped to norm 10.
   */
  public static TrainerConfig defaults() {
    return new TrainerConfig(
        4096, 100, 1, 0.1, 2, 0, L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 1);
  }

  /** The same with another seed. */
  public TrainerConfig withSeed(long other) {
    return new TrainerConfig(
        batchSize, epochs, patience, rateCut, stopAfter, l2, l2Scope, clipNorm, clipValue,
        averaging, cape, other);
  }

  /** The same with another limit on the epochs. */
  public TrainerConfig withEpochs(int limit) {
    return new TrainerConfig(
        batchSize, limit, patience, rateCut, stopAfter, l2, l2Scope, clipNorm, clipValue, averaging,
        cape, seed);
  }
}
