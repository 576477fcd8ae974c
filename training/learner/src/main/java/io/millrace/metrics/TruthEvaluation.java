package io.millrace.metrics;

import io.millrace.model.Sigmoid;
import java.util.Arrays;

/**
 * A running comparison of predictions with true probabilities, in fixed memory: the bins are those
 * of {@link Evaluation}. Not thread-safe.
 */
public final class TruthEvaluation {
  /** The shares of positives and negatives by the bin of a score. */
  private static final class Shares {
    private final double[] positives = new double[Evaluation.BINS];
    private final double[] negatives = new double[Evaluation.BINS];

    void add(double score, double truth) {
      int bin = Evaluation.bin(Sigmoid.inverse(score));
      positives[bin] += truth;
      negatives[bin] += 1 - truth;
    }

    void merge(Shares other) {
      for (int i = 0; i < positives.length; i++) {
        positives[i] += other.positives[i];
        negatives[i] += other.negatives[i];
      }
    }

    void clear() {
      Arrays.fill(positives, 0);
      Arrays.fill(negatives, 0);
    }

    double auc() {
      double wins = 0;
      double below = 0;
      double all = 0;
      for (int i = 0; i < positives.length; i++) {
        wins += positives[i] * (below + 0.5 * negatives[i]);
        below += negatives[i];
        all += positives[i];
      }
      return wins / (all * below);
    }
  }

  private final Shares byPrediction = new Shares();
  private final Shares byTruth = new Shares();
  private long examples;
  private double predictions;
  private double truths;
  private double squares;
  private double divergence;
  private double entropy;

  /**
   * Adds one prediction.
   *
   * @param prediction clipped to [1e-7, 1 - 1e-7]
   * @param truth the true probability, in [0, 1]
   */
  public void add(double prediction, double truth) {
    if (!(truth >= 0 && truth <= 1)) {
      throw new IllegalArgumentException("truth: " + truth + ", expected 0 to 1");
    }
    double q = Evaluation.clipped(prediction);
    byPrediction.add(q, truth);
    byTruth.add(Evaluation.clipped(truth), truth);
    examples++;
    predictions += q;
    truths += truth;
    squares += (q - truth) * (q - truth);
    divergence += part(truth, q) + part(1 - truth, 1 - q);
    entropy -= part(truth, 1) + part(1 - truth, 1);
  }

  /** {@code p ln(p / q)}, 0 where p is. */
  private static double part(double p, double q) {
    return p == 0 ? 0 : p * StrictMath.log(p / q);
  }

  /** Adds all that {@code other} has seen. */
  void merge(TruthEvaluation other) {
    byPrediction.merge(other.byPrediction);
    byTruth.merge(other.byTruth);
    examples += other.examples;
    predictions += other.predictions;
    truths += other.truths;
    squares += other.squares;
    divergence += other.divergence;
    entropy += other.entropy;
  }

  /** Forgets everything. */
  void clear() {
    byPrediction.clear();
    byTruth.clear();
    examples = 0;
    predictions = 0;
    truths = 0;
    squares = 0;
    divergence = 0;
    entropy = 0;
  }

  /** As it stands. */
  public TruthMetrics metrics() {
    return new TruthMetrics(
        examples,
        byPrediction.auc(),
        byTruth.auc(),
        (entropy + divergence) / examples,
        entropy / examples,
        predictions / truths,
        squares / examples,
        divergence / examples);
  }
}
