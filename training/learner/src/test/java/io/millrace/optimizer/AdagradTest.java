package io.millrace.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AdagradTest extends OptimizerContract {

  @Override
  Optimizer optimizer() {
    return new Adagrad(0.05f, 1e-8f, 0.01f);
  }

  @Test
  void followsAReferenceInDoublePrecision() {
    double[] w = {0.1, -0.2, 0.3};
    double[] accumulated = new double[3];
    float[] values = {0.1f, -0.2f, 0.3f};
    float[] slots = new float[3];
    for (int step = 0; step < 200; step++) {
      float[] g = random(3, step);
      for (int i = 0; i < 3; i++) {
        accumulated[i] += (double) g[i] * g[i];
        w[i] -= 0.05 * g[i] / (Math.sqrt(accumulated[i] + 0.1) + 1e-6);
      }
      new Adagrad(0.05f, 1e-6f, 0.1f).update(values, 0, 3, slots, 0, g, 0);
    }
    for (int i = 0; i < 3; i++) {
      assertThat((double) values[i]).isCloseTo(w[i], within(2e-6));
      assertThat((double) slots[i]).isCloseTo(accumulated[i], within(1e-4));
    }
  }

  @Test
  void equalsRowWiseAdagradOnARowOfOne() {
    float[] a = {0.5f};
    float[] b = {0.5f};
    float[] slotA = new float[1];
    float[] slotB = new float[1];
    for (int step = 0; step < 20; step++) {
      float[] g = random(1, step);
      new Adagrad(0.1f, 1e-6f, 0.1f).update(a, 0, 1, slotA, 0, g, 0);
      new RowWiseAdagrad(0.1f, 1e-6f, 0.1f).update(b, 0, 1, slotB, 0, g, 0);
      assertThat(a[0]).isCloseTo(b[0], within(1e-6f));
    }
  }
}
