package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.layer.Entmax;
import io.millrace.model.layer.EntmaxGate;
import java.util.Arrays;

/**
 * α-entmax over the fields by torch's operations, for a device that {@link EntmaxGate} could only
 * reach by copies: the threshold τ is bisected without gradient, then a term of value zero carries
 * the exact one. With {@code s_i = p_i^(2−α)} on the support and 0 elsewhere, both constant,
 *
 * <pre>
 *   s ∘ (z − Σ s z / Σ s)   has the vector-Jacobian product of p,
 *   α · ((p − p̃) / (α−1)² − (h − p̃ Σh) / (α−1))   its derivative by α
 * </pre>
 *
 * <p>where p̃ = s / Σs and h = p ln p. In fp32 an α between 1 and 1.01 costs digits. Source:
 * Peters, Niculae and Martins, "Sparse sequence-to-sequence models", ACL 2019, algorithm 1, with
 * the formulas of {@link Entmax}.
 *
 * <p>Shapes: B examples, F fields, N gates, K heads of N / K gates.
 */
final class DjlEntmax {
  /** Halvings of an interval of at most 1, to what fp32 can tell apart. */
  private static final int BISECTIONS = 28;

  private static final long[] FIELDS = {1};

  private DjlEntmax() {}

  /**
   * Shares among fields of one α for all gates.
   *
   * @param z scores [B, F, N]
   * @param alpha at least 1
   * @return [B, F, N]
   */
  static PtNDArray apply(DjlPass pass, PtNDArray z, float alpha) {
    if (alpha == 1) {
      return JniUtils.softmax(z, 1, z.getDataType());
    }
    return apply(pass, z, pass.array(z, alpha), false);
  }

  /**
   * The same with an α for each head.
   *
   * @param alphas [K], above 1
   */
  static PtNDArray applyByHead(DjlPass pass, PtNDArray z, PtNDArray alphas) {
    long heads = alphas.size();
    long gates = z.getShape().get(2);
    float[] ones = new float[(int) (gates / heads)];
    Arrays.fill(ones, 1);
    PtNDArray column = JniUtils.reshape(alphas, new long[] {heads, 1});
    PtNDArray ofGates = JniUtils.mul(column, pass.array(z, ones));
    return apply(pass, z, JniUtils.reshape(ofGates, new long[] {1, 1, gates}), true);
  }

  private static PtNDArray apply(DjlPass pass, PtNDArray z, PtNDArray alpha, boolean learned) {
    PtNDArray less = pass.shift(alpha, -1);
    JniUtils.setGradMode(false);
    PtNDArray shares;
    PtNDArray slope;
    PtNDArray tilted;
    try {
      shares = shares(pass, z, less);
      slope = onSupport(pass, shares, JniUtils.pow(shares, pass.shift(pass.scale(less, -1), 1)));
      tilted = JniUtils.div(slope, sum(slope));
    } finally {
      JniUtils.setGradMode(pass.training());
    }
    if (!pass.training()) {
      return shares;
    }
    PtNDArray mean = sum(JniUtils.mul(tilted, z));
    PtNDArray carrier = JniUtils.mul(slope, JniUtils.sub(z, mean));
    if (learned) {
      carrier = JniUtils.add(carrier, JniUtils.mul(byAlpha(pass, shares, tilted, less), alpha));
    }
    return JniUtils.add(shares, JniUtils.sub(carrier, JniUtils.detachGradient(carrier)));
  }

  /**
   * p, without gradient.
   *
   * @param less α − 1
   */
  private static PtNDArray shares(DjlPass pass, PtNDArray z, PtNDArray less) {
    PtNDArray x = JniUtils.mul(JniUtils.detachGradient(z), less);
    PtNDArray power = JniUtils.pow(less, pass.array(z, -1));
    PtNDArray highest = JniUtils.max(x, 1, true);
    PtNDArray low = pass.shift(highest, -1);
    // all equal: 1/F each, at a distance of F^(1−α)
    PtNDArray equal = JniUtils.pow(pass.array(z, 1f / z.getShape().get(1)), less);
    PtNDArray width = pass.shift(pass.scale(equal, -1), 1);
    PtNDArray one = pass.array(z, 1);
    for (int i = 0; i < BISECTIONS; i++) {
      width = replaced(width, pass.scale(width, .5f));
      PtNDArray tau = JniUtils.add(low, width);
      PtNDArray above = above(x, tau, power);
      PtNDArray total = sum(above);
      PtNDArray enough = JniUtils.gte(total, one);
      low = replaced(low, JniUtils.where(enough, tau, low));
      close(tau, above, total, enough);
    }
    PtNDArray p = above(x, low, power);
    return JniUtils.div(p, sum(p));
  }

  /** {@code [x − τ]₊^power}. */
  private static PtNDArray above(PtNDArray x, PtNDArray tau, PtNDArray power) {
    PtNDArray difference = JniUtils.sub(x, tau);
    PtNDArray positive = JniUtils.relu(difference);
    PtNDArray raised = JniUtils.pow(positive, power);
    close(difference, positive);
    return raised;
  }

  /** Zero where a share is: negative powers of 0 are none. */
  private static PtNDArray onSupport(DjlPass pass, PtNDArray shares, PtNDArray values) {
    PtNDArray zero = pass.scale(shares, 0);
    return JniUtils.where(JniUtils.gt(shares, zero), values, zero);
  }

  /** ∂p/∂α, without gradient. */
  private static PtNDArray byAlpha(
      DjlPass pass, PtNDArray shares, PtNDArray tilted, PtNDArray less) {
    PtNDArray fixed = JniUtils.detachGradient(less);
    PtNDArray h = onSupport(pass, shares, JniUtils.mul(shares, JniUtils.log(shares)));
    PtNDArray first = JniUtils.div(JniUtils.sub(shares, tilted), JniUtils.square(fixed));
    PtNDArray second = JniUtils.div(JniUtils.sub(h, JniUtils.mul(tilted, sum(h))), fixed);
    return JniUtils.sub(first, second);
  }

  private static PtNDArray sum(PtNDArray a) {
    return JniUtils.sum(a, FIELDS, true);
  }

  private static PtNDArray replaced(PtNDArray old, PtNDArray by) {
    old.close();
    return by;
  }

  /** Each halving makes arrays as large as the gates: they are not kept until the pass ends. */
  private static void close(PtNDArray... arrays) {
    for (PtNDArray array : arrays) {
      array.close();
    }
  }
}
