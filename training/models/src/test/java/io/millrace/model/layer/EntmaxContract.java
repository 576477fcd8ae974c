package io.millrace.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Worked numbers of α-entmax, which each way to compute it keeps. */
public abstract class EntmaxContract {
  private static final float[] Z = {1, .5f, .2f, -1};
  private static final float[] G = {1, -.5f, 2, .3f};

  /**
   * How far a way may be from the worked numbers.
   *
   * @param alpha of derivatives by α
   */
  public record Tolerance(float shares, float scores, float alpha) {}

  private final Tolerance tolerance;

  protected EntmaxContract(Tolerance tolerance) {
    this.tolerance = tolerance;
  }

  /** p of z, by each way that there is. */
  protected abstract List<float[]> shares(float alpha, float[] z);

  /** The gradient of g·p by z, by each way that there is. */
  protected abstract List<float[]> byScores(float alpha, float[] z, float[] g);

  /** The derivative of g·p by α. */
  protected abstract double byAlpha(float alpha, float[] z, float[] g);

  private static float[] floats(String values) {
    String[] parts = values.trim().split(" +");
    float[] v = new float[parts.length];
    for (int i = 0; i < v.length; i++) {
      v[i] = Float.parseFloat(parts[i]);
    }
    return v;
  }

  /** Six decimals. */
  @ParameterizedTest
  @CsvFileSource(resources = "/entmax-shares.csv")
  void sharesAsWorkedOut(String z, float alpha, String expected) {
    float[] shares = floats(expected);
    for (float[] p : shares(alpha, floats(z))) {
      assertThat(p).containsExactly(shares, within(tolerance.shares()));
      for (int i = 0; i < p.length; i++) {
        if (shares[i] == 0) {
          assertThat(p[i]).as("outside the support").isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, .19017258 -.65148623 .46131365 0",
    "1.7, .22642639 -.83081457 .60438818 0",
    "2, .75 -.75 0 0",
    "2.5, 1.15426428 -1.15426428 0 0"
  })
  void derivativesByScoresAsWorkedOut(float alpha, String expected) {
    for (float[] dz : byScores(alpha, Z, G)) {
      assertThat(dz).containsExactly(floats(expected), within(tolerance.scores()));
    }
  }

  @ParameterizedTest
  @CsvSource({"1.5, .26753457 -.05067143 -.21686314 0", "1.7, .32229033 -.03466472 -.28762561 0"})
  void derivativesByAlphaAsWorkedOut(float alpha, String expected) {
    float[] derivatives = floats(expected);
    for (int i = 0; i < 4; i++) {
      float[] unit = new float[4];
      unit[i] = 1;
      assertThat(byAlpha(alpha, Z, unit))
          .isCloseTo(derivatives[i], within((double) tolerance.alpha()));
    }
  }
}
