package io.millrace.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AdamTest extends OptimizerContract {

  @Override
  Optimizer optimizer() {
    return Adam.withLearningRate(0.01f);
  }

  @Override
  boolean hasMomentum() {
    return true;
  }

  /** By hand: m̂ = g, v̂ = g² at first; then m̂ = (.9·g₁ + g₂)/1.9, v̂ = (.999·g₁² + g₂²)/1.999. */
  @Test
  void followsTheWorkedExample() {
    Adam adam = Adam.withLearningRate(0.1f);
    float[] w = {1};
    float[] slots = new float[3];
    adam.update(w, 0, 1, slots, 0, new float[] {0.5f}, 0);
    assertThat(w[0]).isCloseTo(0.9f, within(1e-6f));
    adam.update(w, 0, 1, slots, 0, new float[] {-0.25f}, 0);
    double mean = (0.9 * 0.5 - 0.25) / 1.9;
    double square = (0.999 * 0.25 + 0.0625) / 1.999;
    assertThat((double) w[0]).isCloseTo(0.9 - 0.1 * mean / Math.sqrt(square), within(1e-6));
    assertThat(slots[0]).isEqualTo(2);
  }

  @Test
  void followsAReferenceInDoublePrecision() {
    int width = 4;
    double[] w = {0.1, -0.2, 0.3, 0};
    double[] m = new double[width];
    double[] v = new double[width];
    float[] values = {0.1f, -0.2f, 0.3f, 0};
    float[] slots = new float[1 + 2 * width];
    Adam adam = Adam.withLearningRate(0.001f);
    for (int t = 1; t <= 1000; t++) {
      float[] g = random(width, t);
      for (int i = 0; i < width; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
        w[i] -=
            0.001
                * (m[i] / (1 - Math.pow(0.9, t)))
                / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
      }
      adam.update(values, 0, width, slots, 0, g, 0);
    }
    for (int i = 0; i < width; i++) {
      assertThat((double) values[i]).isCloseTo(w[i], within(1e-5));
    }
  }

  @Test
  void keepsStepsWhereTheCountEndsToGrow() {
    float[] w = {0};
    float[] slots = {1 << 24, 0.1f, 0.01f};
    Adam.withLearningRate(0.1f).update(w, 0, 1, slots, 0, new float[] {0.1f}, 0);
    assertThat(slots[0]).isEqualTo(1 << 24);
    assertThat(w[0]).isCloseTo(-0.1f, within(1e-4f));
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> new Adam(0.1f, 1, 0.9f, 1e-8f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("beta1: 1.0, expected 0 <= beta1 < 1");
  }

  @Test
  void recallsStepsAndSquaresButNoMomentum() {
    Optimizer adam = Adam.withLearningRate(0.01f);
    float[] slots = new float[5];
    float[] values = new float[2];
    for (int step = 0; step < 300; step++) {
      float sign = step % 2 == 0 ? 1 : -1;
      adam.update(values, 0, 2, slots, 0, new float[] {0.5f * sign, 0.25f * sign}, 0);
    }
    float[] recalled = new float[5];
    float[] sums = {300, 300 * 0.25f, 300 * 0.0625f};
    adam.recall(values, 0, 2, recalled, 0, sums, 0);

    assertThat(recalled[0]).isEqualTo(slots[0]);
    assertThat(recalled[1]).isZero();
    assertThat(recalled[2]).isZero();
    assertThat(recalled[3]).isCloseTo(slots[3], within(1e-5f));
    assertThat(recalled[4]).isCloseTo(slots[4], within(1e-5f));
  }
}
