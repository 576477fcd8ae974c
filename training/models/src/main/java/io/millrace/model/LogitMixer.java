package io.millrace.model;

import java.util.List;

/**
 * Mixes the logits z of E models by weights that are learned online: {@code Σ wₑ zₑ + bias}. Unlike
 * a mean of probabilities it can correct a model that is too sure, be surer than each of several
 * that know different things, and subtract what one has too much.
 *
 * <p>The weights start at 1/E and the bias at 0, with a normal prior of variance ¼ about that
 * start. Each example is a Newton step: {@code w −= H⁻¹ g}, g the gradient of its log loss and H
 * the prior's precision plus the sum of all {@code p (1 − p) x xᵀ}, where x is the logits and a 1.
 * So steps are large at first and small later, and as good for models that nearly agree as for
 * others: there is no rate to choose. With each example a ten-thousandth of what the earlier ones
 * told is forgotten, which moves the weights back towards their start where nothing new holds them.
 *
 * <p>Sources: the mixing is that of Mahoney, "Adaptive weighing of context models for lossless data
 * compression", Florida Tech TR CS-2005-16, 2005, and Mattern, "Mixing strategies in data
 * compression", DCC 2012, who learn by gradient; the step that of McCormick, Raftery, Madigan and
 * Burd, "Dynamic logistic regression and dynamic model averaging for binary classification",
 * Biometrics 68, 2012, but forgetting towards the prior.
 *
 * <p>State, in the caller's arrays, all zero at the start: {@code weights} [E + 1], the departures
 * of weights and bias from their start; {@code information} [(E + 1)(E + 2) / 2], H less the
 * prior's precision, its lower triangle row by row. Not thread-safe.
 */
final class LogitMixer {
  /** Share of the information that an example takes away: memory is of 10,000 examples. */
  static final double FORGETTING = 1e-4;

  /** Precision of the prior, a variance of ¼. */
  static final double PRIOR = 4;

  /** No logit counts as more. */
  static final double LIMIT = 20;

  /** No step moves the mixed logit of its own example by more. */
  static final double FARTHEST = 1;

  /**
   * Most that rounding to fp32 leaves in a sum, as a part of it: half an ulp from each example that
   * is remembered. So much is added to the diagonal for each input, lest H stops being positive
   * definite.
   */
  private static final double ROUNDING = 0x1p-24 / FORGETTING;

  private final int experts;
  private final int inputs; // E logits and a 1
  private final double[] x;
  private final double[] step;
  private final double[][] lower; // of H, then of its Cholesky factor

  LogitMixer(int experts) {
    this.experts = experts;
    this.inputs = experts + 1;
    this.x = new double[inputs];
    this.step = new double[inputs];
    this.lower = new double[inputs][inputs];
  }

  /** Its state as tensors, {@code mixer} and {@code information}; the labels move both. */
  static List<TensorSpec> tensors(int experts) {
    int inputs = experts + 1;
    TensorSpec.Init zero = new TensorSpec.Init.Constant(0);
    TensorSpec.Role moved = new TensorSpec.Role.RunningStatistic(1);
    return List.of(
        new TensorSpec("mixer", new int[] {inputs}, zero, moved),
        new TensorSpec("information", new int[] {inputs * (inputs + 1) / 2}, zero, moved));
  }

  /** The mixed logit of example b. */
  double logit(float[] weights, float[][] logits, int b) {
    double sum = weights[experts];
    for (int e = 0; e < experts; e++) {
      sum += weight(weights, e) * bounded(logits[e][b]);
    }
    return sum;
  }

  /** Of expert e. */
  double weight(float[] weights, int e) {
    return 1.0 / experts + weights[e];
  }

  /** How the mixed logit changes with expert e's, where that is {@code logit}. */
  double slope(float[] weights, int e, double logit) {
    return Math.abs(logit) < LIMIT ? weight(weights, e) : 0;
  }

  private static double bounded(double logit) {
    return Math.max(-LIMIT, Math.min(LIMIT, logit));
  }

  /**
   * Learns from example b, in place.
   *
   * @param importance how often the example counts
   */
  void learn(
      float[] weights,
      float[] information,
      float[][] logits,
      int b,
      byte label,
      double importance) {
    double p = Sigmoid.of(logit(weights, logits, b));
    double slope = importance * Label.gradient(p, label);
    // A correction tells nothing of how steep the loss is: its example did.
    double weight = Label.corrects(label) ? 0 : importance * p * (1 - p);
    double forgetting = Label.corrects(label) ? 0 : FORGETTING;
    for (int e = 0; e < experts; e++) {
      x[e] = bounded(logits[e][b]);
    }
    x[experts] = 1;
    for (int i = 0, at = 0; i < inputs; i++) {
      for (int j = 0; j <= i; j++, at++) {
        information[at] = (float) ((1 - forgetting) * information[at] + weight * x[i] * x[j]);
        lower[i][j] = information[at];
      }
      lower[i][i] += PRIOR + inputs * ROUNDING * lower[i][i];
      step[i] = -slope * x[i] - forgetting * PRIOR * weights[i];
    }
    solve();
    double move = 0;
    for (int i = 0; i < inputs; i++) {
      move += step[i] * x[i];
    }
    double part = Math.min(1, FARTHEST / Math.abs(move));
    for (int i = 0; i < inputs; i++) {
      weights[i] += (float) (part * step[i]);
    }
  }

  /** {@code step = H⁻¹ step} by Cholesky. */
  private void solve() {
    for (int i = 0; i < inputs; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = lower[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = i == j ? Math.sqrt(sum) : sum / lower[j][j];
      }
    }
    for (int i = 0; i < inputs; i++) {
      for (int k = 0; k < i; k++) {
        step[i] -= lower[i][k] * step[k];
      }
      step[i] /= lower[i][i];
    }
    for (int i = inputs - 1; i >= 0; i--) {
      for (int k = i + 1; k < inputs; k++) {
        step[i] -= lower[k][i] * step[k];
      }
      step[i] /= lower[i][i];
    }
  }
}
