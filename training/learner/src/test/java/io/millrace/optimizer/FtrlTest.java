package io.millrace.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FtrlTest extends OptimizerContract {

  @Override
  Optimizer optimizer() {
    return new Ftrl(0.5f, 1, 0, 0, 0);
  }

  @Test
  void followsTheWorkedExample() {
    Ftrl ftrl = new Ftrl(0.1f, 1, 0.05f, 0.1f, 0);
    float[] w = new float[1];
    float[] slots = new float[2];
    double[][] expected = {
      {0.5, 0.25, -0.0298013245},
      {0.31147842, 0.29, -0.0168857371},
      {0.35172892, 0.2916, -0.0194663822}
    };
    float[] gradients = {0.5f, -0.2f, 0.04f};
    for (int step = 0; step < 3; step++) {
      ftrl.update(w, 0, 1, slots, 0, new float[] {gradients[step]}, 0);
      assertThat((double) slots[0]).isCloseTo(expected[step][0], within(1e-7));
      assertThat((double) slots[1]).isCloseTo(expected[step][1], within(1e-7));
      assertThat((double) w[0]).isCloseTo(expected[step][2], within(1e-8));
    }
  }

  @Test
  void holdsAValueAtZeroUntilItPassesTheGate() {
    Ftrl ftrl = new Ftrl(0.1f, 1, 0.05f, 0.1f, 0);
    float[] w = new float[1];
    float[] slots = new float[2];
    ftrl.update(w, 0, 1, slots, 0, new float[] {0.03f}, 0);
    assertThat(w[0]).isEqualTo(0);
    ftrl.update(w, 0, 1, slots, 0, new float[] {0.01f}, 0);
    assertThat(w[0]).isEqualTo(0);
    ftrl.update(w, 0, 1, slots, 0, new float[] {0.03f}, 0);
    assertThat((double) w[0]).isCloseTo(-0.0018982734, within(1e-9));
  }

  /** A well-known table's FTRL loses the sign of z here. */
  @Test
  void gatesBothSignsAlike() {
    Ftrl ftrl = new Ftrl(0.1f, 1, 0.05f, 0.1f, 0);
    float[] w = new float[2];
    float[] slots = new float[4];
    for (int step = 0; step < 10; step++) {
      ftrl.update(w, 0, 2, slots, 0, new float[] {0.2f, -0.2f}, 0);
      assertThat(w[0]).isNegative().isEqualTo(-w[1]);
    }
  }

  @Test
  void followsMonolithsUnitVector() {
    Ftrl ftrl = new Ftrl(0.01f, 0, 0, 0, 0.1f);
    float[] w = new float[2];
    float[] slots = new float[4];
    ftrl.update(w, 0, 2, slots, 0, new float[] {10, 1}, 0);
    assertThat(w).containsExactly(new float[] {-0.009995f, -0.00953463f}, within(1e-7f));
    ftrl.update(w, 0, 2, slots, 0, new float[] {10, 1}, 0);
    assertThat(w).containsExactly(new float[] {-0.0170643f, -0.0164353f}, within(1e-7f));
  }
}
