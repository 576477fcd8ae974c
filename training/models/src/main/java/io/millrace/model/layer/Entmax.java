package io.millrace.model.layer;

import java.util.Arrays;

/**
 * α-entmax, a softmax that can give exact zeros: {@code p = argmax ⟨p, z⟩ + H_α(p)} over the
 * probabilities of n things, where H_α is Tsallis' entropy. Its solution is {@code p_i = [(α−1) z_i
 * − τ]₊^(1/(α−1))} with the threshold τ at which p sums to 1. α = 1 is softmax, α = 2 sparsemax;
 * the larger α, the fewer things get a share.
 *
 * <p>For α of 1.5 and 2, τ is exact, from a sort. Up to 2 it comes from Newton's method on {@code
 * ‖[X−τ]₊‖_{1/(α−1)} = 1} with {@code X = (α−1) z}: this norm is convex in τ, so that steps from
 * the left never pass the solution, and nearly a straight line, so that a few suffice. Above 2 the
 * norm isn't convex, and τ is bisected. Values that are not finite give shares that are not
 * numbers.
 *
 * <p>Source: Peters, Niculae and Martins, "Sparse sequence-to-sequence models", ACL 2019, section 3
 * and algorithms 1 and 2. Holds scratch memory: not thread-safe.
 */
public final class Entmax {
  /** Bisections halve an interval of at most 1: to 2^-60. */
  private static final int BISECTIONS = 60;

  private static final int NEWTON_STEPS = 50;
  private static final int INSERTION_LIMIT = 48;

  /** A threshold this much off is nothing to shares in fp32, which are scaled to a sum of 1. */
  private static final double NEWTON_END = 1e-8;

  private final double[] x;
  private final double[] sorted;
  private final double[] share;

  /**
   * @param n things among which 1 is shared, at least 1
   */
  public Entmax(int n) {
    this.x = new double[n];
    this.sorted = new double[n];
    this.share = new double[n];
  }

  /**
   * Shares for the scores at {@code offset, offset + stride, ...}, written to the same places of
   * {@code p}.
   *
   * @param alpha α, at least 1
   */
  public void forward(float[] z, int offset, int stride, double alpha, float[] p) {
    int n = x.length;
    double factor = alpha == 1 ? 1 : alpha - 1;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0, at = offset; i < n; i++, at += stride) {
      x[i] = factor * z[at];
      max = Math.max(max, x[i]); // not a number if any is not
    }
    if (Double.isNaN(max) || Double.isInfinite(max)) {
      Arrays.fill(share, Double.NaN);
    } else {
      shares(alpha, max);
    }
    double sum = 0;
    for (double s : share) {
      sum += s;
    }
    for (int i = 0, at = offset; i < n; i++, at += stride) {
      p[at] = (float) (share[i] / sum);
    }
  }

  /** Shares of {@link #x}, up to a common factor that is 1 but for rounding. */
  private void shares(double alpha, double max) {
    if (alpha == 1) {
      for (int i = 0; i < x.length; i++) {
        share[i] = Math.exp(x[i] - max);
      }
    } else if (alpha == 2) {
      double tau = sparsemaxThreshold();
      for (int i = 0; i < x.length; i++) {
        share[i] = Math.max(x[i] - tau, 0);
      }
    } else if (alpha == 1.5) {
      double tau = entmax15Threshold();
      for (int i = 0; i < x.length; i++) {
        double above = Math.max(x[i] - tau, 0);
        share[i] = above * above;
      }
    } else {
      double power = 1 / (alpha - 1);
      if (alpha < 2) {
        newton(power, alpha, max);
        return;
      }
      double tau = bisect(power, alpha, max);
      for (int i = 0; i < x.length; i++) {
        share[i] = x[i] > tau ? Math.pow(x[i] - tau, power) : 0;
      }
    }
  }

  /** The largest k with {@code 1 + k x_(k) > Σ_{j≤k} x_(j)} are the support. */
  private double sparsemaxThreshold() {
    sort();
    double sum = 0;
    double tau = 0;
    for (int k = 1; k <= x.length; k++) {
      double value = sorted[k - 1];
      sum += value;
      if (1 + k * value <= sum) {
        break;
      }
      tau = (sum - 1) / k;
    }
    return tau;
  }

  /**
   * With mean μ and sum of squared deviations s of the k largest, {@code τ_k = μ − √((1−s)/k)}; the
   * largest k with {@code τ_k ≤ x_(k)} are the support.
   */
  private double entmax15Threshold() {
    sort();
    double mean = 0;
    double deviations = 0;
    double tau = 0;
    for (int k = 1; k <= x.length; k++) {
      double value = sorted[k - 1];
      double before = value - mean;
      mean += before / k;
      deviations += before * (value - mean);
      if (deviations > 1) {
        break;
      }
      double candidate = mean - Math.sqrt((1 - deviations) / k);
      if (candidate > value) {
        break;
      }
      tau = candidate;
    }
    return tau;
  }

  /** Descending. By insertion where there are few, as fields are. */
  private void sort() {
    int n = x.length;
    if (n > INSERTION_LIMIT) {
      System.arraycopy(x, 0, sorted, 0, n);
      Arrays.sort(sorted);
      for (int i = 0, j = n - 1; i < j; i++, j--) {
        double smaller = sorted[i];
        sorted[i] = sorted[j];
        sorted[j] = smaller;
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      double value = x[i];
      int at = i;
      for (; at > 0 && sorted[at - 1] < value; at--) {
        sorted[at] = sorted[at - 1];
      }
      sorted[at] = value;
    }
  }

  /**
   * Writes the shares. Starts at the larger of two bounds from the left: where the largest X alone
   * has a share of 1, and where all would if they were equal, which by convexity takes no more.
   * Ends where a step is too short to be seen in the shares.
   */
  private void newton(double power, double alpha, double max) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double tau = Math.max(max - 1, mean - Math.pow(x.length, 1 - alpha));
    double move = 1;
    for (int step = 0; step < NEWTON_STEPS && move > NEWTON_END; step++) {
      double slope = 0;
      double total = 0;
      for (int i = 0; i < x.length; i++) {
        double above = Math.max(x[i] - tau, 0);
        double t = above > 0 ? Math.pow(above, power - 1) : 0;
        share[i] = t * above;
        slope += t;
        total += share[i];
      }
      move = (total - Math.pow(total, 1 - 1 / power)) / slope;
      tau += move;
    }
  }

  private double bisect(double power, double alpha, double max) {
    double low = max - 1;
    double high = max - Math.pow(1.0 / x.length, alpha - 1);
    for (int i = 0; i < BISECTIONS; i++) {
      double tau = (low + high) / 2;
      double total = 0;
      for (double value : x) {
        total += value > tau ? Math.pow(value - tau, power) : 0;
      }
      if (total >= 1) {
        low = tau;
      } else {
        high = tau;
      }
    }
    return low;
  }

  /**
   * The vector-Jacobian product: with {@code s_i = p_i^(2−α)} on the support and 0 elsewhere,
   * {@code dz = s ∘ (g − ⟨s, g⟩ / Σs)}.
   *
   * @param p what {@link #forward} gave, at {@code offset, offset + stride, ...}
   * @param dp its gradient g, at the same places
   * @param dz written at the same places
   */
  public void backward(float[] p, float[] dp, int offset, int stride, double alpha, float[] dz) {
    double sum = 0;
    double dot = 0;
    for (int i = 0, at = offset; i < x.length; i++, at += stride) {
      double s = slope(p[at], alpha);
      share[i] = s;
      sum += s;
      dot += s * dp[at];
    }
    double mean = dot / sum;
    for (int i = 0, at = offset; i < x.length; i++, at += stride) {
      dz[at] = share[i] == 0 ? 0 : (float) (share[i] * (dp[at] - mean));
    }
  }

  /** {@code p^(2−α)} on the support: p may be small where this is large, so p itself decides. */
  private static double slope(float p, double alpha) {
    if (p == 0) {
      return 0;
    }
    if (alpha == 2) {
      return 1;
    }
    if (alpha == 1.5) {
      return Math.sqrt(p);
    }
    return alpha == 1 ? p : Math.pow(p, 2 - alpha);
  }

  /**
   * The derivative with respect to α, times g: with {@code p̃ = s / Σs} and {@code h = p ln p},
   * {@code ∂p/∂α = (p − p̃) / (α−1)² − (h − p̃ Σh) / (α−1)}.
   *
   * @param alpha α, above 1
   * @return {@code ⟨g, ∂p/∂α⟩}
   */
  public double alphaGradient(float[] p, float[] dp, int offset, int stride, double alpha) {
    double sum = 0;
    double entropy = 0;
    for (int i = 0, at = offset; i < x.length; i++, at += stride) {
      double s = slope(p[at], alpha);
      share[i] = s;
      sum += s;
      entropy += p[at] == 0 ? 0 : p[at] * Math.log(p[at]);
    }
    double gradient = 0;
    for (int i = 0, at = offset; i < x.length; i++, at += stride) {
      if (p[at] != 0) {
        double tilted = share[i] / sum;
        double h = p[at] * Math.log(p[at]);
        double d =
            (p[at] - tilted) / ((alpha - 1) * (alpha - 1)) - (h - tilted * entropy) / (alpha - 1);
        gradient += dp[at] * d;
      }
    }
    return gradient;
  }
}
