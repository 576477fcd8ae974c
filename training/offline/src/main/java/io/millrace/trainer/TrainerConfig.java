package io.millrace.trainer;

import io.millrace.learner.ModelKind;
import io.millrace.metrics.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * How a model is trained offline. Gradients are of the mean loss of a mini-batch.
 *
 * @param batchSize examples of a step at most, at least 1; null for {@link FileDefaults#batchSize}
 * @param epochs passes over the training set at most, at least 1
 * @param criterion by which one epoch's weights are better than another's
 * @param leastGain share of the criterion by which an epoch must be better to count as one that
 *     improved, at least 0; weights that are better by less are kept, and training is as near to
 *     its end as without them
 * @param patience epochs without an improvement after which the learning rates are cut
 * @param rateCut factor of each cut, in (0, 1]
 * @param back whether a cut goes back to the best weights so far
 * @param stopAfter epochs without an improvement after which training ends
 * @param l2 λ of the term λ/2·‖E‖² on embedding rows, or of their decay; at least 0; null for
 *     {@link FileDefaults#l2}, with {@link FieldPrecisions} where rows have linear weights
 * @param l2Scope which rows the term is on; null for {@link FileDefaults#l2Scope}
 * @param clipNorm largest norm of all gradients of a step together, longer ones are scaled down; 0
 *     for no limit
 * @param clipValue largest magnitude of a gradient's element, larger ones are cut; 0 for no limit
 * @param averaging decay of the moving average of the weights that is judged and kept, in [0, 1); 0
 *     for the weights themselves ({@link WeightAverage}); null for {@link FileDefaults#averaging}
 * @param cape what follows when training has stopped
 * @param seed of order and dropout; the model's own seed decides its initial values
 */
public record TrainerConfig(
    @Nullable Integer batchSize,
    int epochs,
    Criterion criterion,
    double leastGain,
    int patience,
    double rateCut,
    boolean back,
    int stopAfter,
    @Nullable Double l2,
    @Nullable L2Scope l2Scope,
    double clipNorm,
    double clipValue,
    @Nullable Double averaging,
    CapeConfig cape,
    long seed) {

  /** What is looked at on the validation set. */
  public enum Criterion {
    /** Lower is better: ranking and probabilities both count. */
    LOGLOSS,
    /** Higher is better; of equal ones that of the lower log loss. */
    AUC;

    /**
     * Whether metrics are better than others.
     *
     * @param gain share of the log loss, or of 1 − AUC, by which they must be at least
     */
    boolean isBetter(Metrics metrics, Metrics than, double gain) {
      return switch (this) {
        case LOGLOSS -> metrics.logloss() < than.logloss() * (1 - gain);
        case AUC ->
            1 - metrics.auc() < (1 - than.auc()) * (1 - gain)
                || (metrics.auc() == than.auc() && metrics.logloss() < than.logloss() * (1 - gain));
      };
    }
  }

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
     * The rows that a batch holds, each by λE over the share of batches that hold it ({@link
     * RowShares}): on average the gradient of TABLE, as cheap as BATCH.
     */
    SHARED,
    /**
     * All rows of the training set's tokens, outside the gradient: each step shrinks them by 1 −
     * rate·λ, a row that no batch holds later and at once ({@link LazyDecay}). As cheap as BATCH.
     * Adam does not divide this by a gradient's size, so that it wants a far larger λ than TABLE.
     */
    LAZY
  }

  public TrainerConfig {
    Require.that(batchSize == null || batchSize >= 1, "batchSize", batchSize, "at least 1");
    Require.that(epochs >= 1, "epochs", epochs, "at least 1");
    Require.that(leastGain >= 0 && leastGain < 1, "leastGain", leastGain, "at least 0, below 1");
    Require.that(patience >= 1, "patience", patience, "at least 1");
    Require.that(rateCut > 0 && rateCut <= 1, "rateCut", rateCut, "above 0, at most 1");
    Require.that(stopAfter >= 1, "stopAfter", stopAfter, "at least 1");
    Require.that(
        l2 == null || (l2 >= 0 && l2 < Double.POSITIVE_INFINITY),
        "l2",
        l2,
        "a finite value of at least 0");
    Require.that(clipNorm >= 0, "clipNorm", clipNorm, "at least 0");
    Require.that(clipValue >= 0, "clipValue", clipValue, "at least 0");
    Require.that(
        averaging == null || (averaging >= 0 && averaging < 1),
        "averaging",
        averaging,
        "at least 0, below 1");
  }

  /** What files are trained with where nothing else is said; {@link FileDefaults} has the rest. */
  public static TrainerConfig defaults() {
    return new TrainerConfig(
        null,
        100,
        Criterion.LOGLOSS,
        1e-4,
        2,
        0.2,
        true,
        5,
        null,
        null,
        10,
        0,
        null,
        CapeConfig.none(),
        1);
  }

  /**
   * The same with a value for each setting that is left to the kind of model and the data; {@code
   * l2} stays open where {@link FieldPrecisions} find it.
   */
  TrainerConfig completed(ModelKind kind, int rows) {
    return new TrainerConfig(
        batchSize == null ? FileDefaults.batchSize(rows) : batchSize,
        epochs,
        criterion,
        leastGain,
        patience,
        rateCut,
        back,
        stopAfter,
        l2 == null && !FileDefaults.estimatesL2(kind) ? (Double) FileDefaults.l2(kind, rows) : l2,
        l2Scope == null ? FileDefaults.l2Scope(kind) : l2Scope,
        clipNorm,
        clipValue,
        averaging == null ? (Double) FileDefaults.averaging(kind) : averaging,
        cape,
        seed);
  }

  /** The same with another seed. */
  public TrainerConfig withSeed(long other) {
    return with(epochs, other);
  }

  /** The same with another limit on the epochs. */
  public TrainerConfig withEpochs(int limit) {
    return with(limit, seed);
  }

  private TrainerConfig with(int limit, long other) {
    return new TrainerConfig(
        batchSize, limit, criterion, leastGain, patience, rateCut, back, stopAfter, l2, l2Scope,
        clipNorm, clipValue, averaging, cape, other);
  }
}
