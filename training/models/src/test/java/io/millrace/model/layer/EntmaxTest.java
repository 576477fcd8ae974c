package io.millrace.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.TestTensors;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntmaxTest extends EntmaxContract {
  private static final float[] Z = {1, .5f, .2f, -1};

  EntmaxTest() {
    super(new Tolerance(1e-6f, 1e-6f, 1e-6f));
  }

  private static float[] entmax(double alpha, float... z) {
    float[] p = new float[z.length];
    new Entmax(z.length).forward(z, 0, 1, alpha, p);
    return p;
  }

  private static float[] vjp(double alpha, float[] z, float[] g) {
    float[] dz = new float[z.length];
    new Entmax(z.length).backward(entmax(alpha, z), g, 0, 1, alpha, dz);
    return dz;
  }

  @Override
  protected List<float[]> shares(float alpha, float[] z) {
    return List.of(entmax(alpha, z));
  }

  @Override
  protected List<float[]> byScores(float alpha, float[] z, float[] g) {
    return List.of(vjp(alpha, z, g));
  }

  @Override
  protected double byAlpha(float alpha, float[] z, float[] g) {
    return new Entmax(z.length).alphaGradient(entmax(alpha, z), g, 0, 1, alpha);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1.05, 1.25, 1.5, 1.7, 1.99, 2, 2.2, 2.5, 3})
  void keepsItsInvariants(double alpha) {
    SplittableRandom random = new SplittableRandom(51);
    for (int n : new int[] {1, 2, 3, 10, 39, 64, 257}) {
      for (double spread : new double[] {0.01, 1, 30}) {
        float[] z = new float[n];
        float[] g = new float[n];
        for (int i = 0; i < n; i++) {
          z[i] = (float) (random.nextDouble(-1, 1) * spread);
          g[i] = (float) random.nextDouble(-1, 1);
        }
        float[] p = entmax(alpha, z);
        assertThat(sum(p)).isCloseTo(1, within(2e-6));
        float[] shifted = z.clone();
        float[] reversed = z.clone();
        for (int i = 0; i < n; i++) {
          assertThat(p[i]).isNotNegative();
          shifted[i] += 0.5f;
          reversed[i] = z[n - 1 - i];
          for (int j = 0; j < i; j++) {
            assertThat(z[i] <= z[j] || p[i] >= p[j]).as("order is kept").isTrue();
          }
        }
        // a shift rounds the scores themselves
        assertThat(entmax(alpha, shifted))
            .containsExactly(p, within((float) (2e-6 * spread + 1e-6)));
        float[] ofReversed = entmax(alpha, reversed);
        for (int i = 0; i < n; i++) {
          assertThat(ofReversed[i]).isCloseTo(p[n - 1 - i], within(1e-6f));
        }
        assertThat(sum(vjp(alpha, z, g))).isCloseTo(0, within(1e-5 * n));
      }
      float[] equal = new float[n];
      Arrays.fill(equal, 0.7f);
      float[] uniform = new float[n];
      Arrays.fill(uniform, 1f / n);
      assertThat(entmax(alpha, equal)).containsExactly(uniform, within(1e-6f));
    }
  }

  @Test
  void theSupportShrinksAsAlphaGrows() {
    for (float[] z : new float[][] {Z, {.3f, .2f, .1f, 0}, {3, 1, 0}}) {
      int before = z.length;
      for (double alpha : new double[] {1, 1.25, 1.5, 1.7, 2, 2.5, 3}) {
        int support = 0;
        for (float p : entmax(alpha, z)) {
          support += p > 0 ? 1 : 0;
        }
        assertThat(support).isLessThanOrEqualTo(before);
        before = support;
      }
    }
  }

  @Test
  void nextToOneItIsASoftmax() {
    assertThat(entmax(1.0001, Z)).containsExactly(entmax(1, Z), within(1e-4f));
  }

  /** Next to 1.5 and 2, Newton's method must give what the sorts give there, and bisection too. */
  @Test
  void theWaysToTheThresholdAgree() {
    SplittableRandom random = new SplittableRandom(52);
    for (int n : new int[] {2, 7, 40, 100}) {
      for (int trial = 0; trial < 50; trial++) {
        float[] z = new float[n];
        for (int i = 0; i < n; i++) {
          z[i] = (float) random.nextDouble(-2, 2);
        }
        assertThat(entmax(1.5 + 1e-9, z)).containsExactly(entmax(1.5, z), within(1e-6f));
        assertThat(entmax(2 - 1e-9, z)).containsExactly(entmax(2, z), within(1e-6f));
        assertThat(entmax(2 + 1e-9, z)).containsExactly(entmax(2, z), within(1e-6f));
      }
    }
  }

  /**
   * Shares in fp32 to both sides of z and of α; points next to the border of a support are rare.
   */
  @ParameterizedTest
  @ValueSource(doubles = {1.05, 1.3, 1.5, 1.7, 2, 2.4})
  void derivativesMatchFiniteDifferences(double alpha) {
    SplittableRandom random = new SplittableRandom(53);
    int n = 6;
    for (int trial = 0; trial < 20; trial++) {
      float[] z = new float[n];
      float[] g = new float[n];
      for (int i = 0; i < n; i++) {
        z[i] = (float) random.nextDouble(-1, 1);
        g[i] = (float) random.nextDouble(-1, 1);
      }
      float[] dz = vjp(alpha, z, g);
      float h = 1e-3f;
      for (int i = 0; i < n; i++) {
        float[] up = z.clone();
        float[] down = z.clone();
        up[i] += h;
        down[i] -= h;
        double numeric =
            (dot(entmax(alpha, up), g) - dot(entmax(alpha, down), g)) / ((double) up[i] - down[i]);
        if (support(entmax(alpha, up)) == support(entmax(alpha, down))) {
          assertThat((double) dz[i]).isCloseTo(numeric, within(2e-3));
        }
      }
      float[] more = entmax(alpha + h, z);
      float[] fewer = entmax(alpha - h, z);
      if (support(more) == support(fewer)) {
        double numeric = (dot(more, g) - dot(fewer, g)) / (2 * h);
        double d = new Entmax(n).alphaGradient(entmax(alpha, z), g, 0, 1, alpha);
        assertThat(d).isCloseTo(numeric, within(2e-3));
      }
    }
  }

  /** As the gates of a graph lie: fields are rows, gates are columns. */
  @Test
  void aGateIsAColumnWithTheAlphaOfItsHead() {
    int fields = 5;
    int gates = 6;
    float[] z = TestTensors.random(fields * gates, 54);
    float[] g = TestTensors.random(fields * gates, 55);
    float[] alphas = {1.5f, 1.7f};
    EntmaxGate gate = new EntmaxGate(fields, gates, true);
    float[] p = new float[z.length];
    float[] dz = new float[z.length];
    double[] dAlphas = {100, 0}; // added to
    gate.forward(z, alphas, p);
    gate.backward(z, alphas, p, g, dz, dAlphas);
    double[] expected = {100, 0};
    for (int c = 0; c < gates; c++) {
      float alpha = alphas[c / 3];
      float[] column = column(z, c, gates);
      assertThat(column(p, c, gates)).containsExactly(entmax(alpha, column));
      assertThat(column(dz, c, gates)).containsExactly(vjp(alpha, column, column(g, c, gates)));
      expected[c / 3] +=
          new Entmax(fields).alphaGradient(entmax(alpha, column), column(g, c, gates), 0, 1, alpha);
    }
    assertThat(dAlphas).containsExactly(expected, within(1e-12));
  }

  @Test
  void whatIsNotFiniteGivesNoShares() {
    for (double alpha : new double[] {1, 1.5, 1.7, 2, 3}) {
      assertThat(entmax(alpha, 1, Float.NaN, 0)).containsOnly(Float.NaN);
      assertThat(entmax(alpha, 1, Float.POSITIVE_INFINITY, 0)).containsOnly(Float.NaN);
    }
  }

  private static float[] column(float[] values, int column, int columns) {
    float[] v = new float[values.length / columns];
    for (int i = 0; i < v.length; i++) {
      v[i] = values[i * columns + column];
    }
    return v;
  }

  private static double sum(float[] v) {
    double sum = 0;
    for (float f : v) {
      sum += f;
    }
    return sum;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static long support(float[] p) {
    long mask = 0;
    for (int i = 0; i < p.length; i++) {
      mask |= p[i] > 0 ? 1L << i : 0;
    }
    return mask;
  }
}
