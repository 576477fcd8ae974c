package io.millrace.optimizer;

/**
 * FTRL-proximal: follow the regularised leader, each value on its own. With {@code n} the sum of
 * squared gradients so far,
 *
 * <pre>
 *   σ  = (√(n + g²) − √n) / alpha
 *   z += g − σ·w;   n += g²
 *   w  = 0                                              where |z| ≤ l1
 *   w  = −(z − sign(z)·l1) / ((beta + √n) / alpha + l2)  elsewhere
 * </pre>
 *
 * <p>Two slots a value: all z, then all n (without {@code initialAccumulator}, which is added when
 * n is read). It leads towards zero: a value that starts elsewhere is forgotten as gradients come.
 *
 * <p>Source: McMahan et al., "Ad click prediction: a view from the trenches", KDD 2013, algorithm
 * 1.
 *
 * @param alpha step length, above 0
 * @param beta damps the first steps, at least 0
 * @param l1 gate: a value stays exactly zero until |z| passes it, at least 0
 * @param l2 shrinkage, at least 0
 * @param initialAccumulator n before the first gradient, at least 0
 */
public record Ftrl(float alpha, float beta, float l1, float l2, float initialAccumulator)
    implements Optimizer {

  public Ftrl {
    Settings.requirePositive("alpha", alpha);
    Settings.requireNotNegative("beta", beta);
    Settings.requireNotNegative("l1", l1);
    Settings.requireNotNegative("l2", l2);
    Settings.requireNotNegative("initialAccumulator", initialAccumulator);
  }

  @Override
  public Ftrl scaled(float factor) {
    return new Ftrl(alpha * factor, beta, l1, l2, initialAccumulator);
  }

  @Override
  public double longestStep(int width) {
    return Double.POSITIVE_INFINITY; // z may be far where n is small
  }

  @Override
  public int slots(int width) {
    return 2 * width;
  }

  @Override
  public void update(
      float[] values,
      int offset,
      int width,
      float[] slots,
      int slotOffset,
      float[] gradient,
      int gradientOffset) {
    for (int i = 0; i < width; i++) {
      double g = gradient[gradientOffset + i];
      // z and n stay as they are, so w would only be computed again; and a value that starts
      // elsewhere than at zero has no z yet to be computed from.
      if (g == 0) {
        continue;
      }
      int zAt = slotOffset + i;
      int nAt = slotOffset + width + i;
      double before = (double) slots[nAt] + initialAccumulator;
      double root = Math.sqrt(before + g * g);
      double sigma = (root - Math.sqrt(before)) / alpha;
      float z = (float) (slots[zAt] + g - sigma * values[offset + i]);
      slots[zAt] = z;
      slots[nAt] = (float) (slots[nAt] + g * g);
      values[offset + i] =
          Math.abs(z) <= l1
              ? 0
              : (float) (-(z - Math.signum(z) * (double) l1) / ((beta + root) / alpha + l2));
    }
  }

  @Override
  public void recall(
      float[] values,
      int offset,
      int width,
      float[] slots,
      int slotOffset,
      float[] sums,
      int sumsOffset) {
    for (int i = 0; i < width; i++) {
      float n = sums[sumsOffset + 1 + i];
      double w = sums[sumsOffset] == 0 ? 0 : values[offset + i];
      double strength = (beta + Math.sqrt((double) n + initialAccumulator)) / alpha + l2;
      // the z of which the rule computes w
      slots[slotOffset + i] = (float) -(w * strength + Math.signum(w) * l1);
      slots[slotOffset + width + i] = n;
    }
  }
}
