package io.millrace.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RowWiseAdagradTest extends OptimizerContract {

  @Override
  Optimizer optimizer() {
    return new RowWiseAdagrad(0.05f, 1e-8f, 0.01f);
  }

  @Test
  void followsTheWorkedExample() {
    RowWiseAdagrad adagrad = new RowWiseAdagrad(0.05f, 0, 0);
    float[] w = {0.1f, -0.2f, 0.3f, 0};
    float[] slot = new float[1];

    adagrad.update(w, 0, 4, slot, 0, new float[] {1, -2, 0, 0.5f}, 0);
    assertThat(slot[0]).isCloseTo(1.3125f, within(1e-6f));
    assertThat(w)
        .containsExactly(
            new float[] {0.05635642f, -0.11271284f, 0.3f, -0.02182179f}, within(1e-7f));

    adagrad.update(w, 0, 4, slot, 0, new float[] {0.5f, 0.5f, -0.5f, -0.5f}, 0);
    assertThat(slot[0]).isCloseTo(1.5625f, within(1e-6f));
    assertThat(w)
        .containsExactly(
            new float[] {0.03635642f, -0.13271284f, 0.32f, -0.00182179f}, within(1e-7f));
  }

  @Test
  void addsTheInitialAccumulatorOnlyWhenItReads() {
    float[] w = {0};
    float[] slot = new float[1];
    new RowWiseAdagrad(1, 0, 3).update(w, 0, 1, slot, 0, new float[] {1}, 0);
    assertThat(slot[0]).isEqualTo(1);
    assertThat(w[0]).isEqualTo(-0.5f);
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> new RowWiseAdagrad(0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learningRate: 0.0, expected a finite value above 0");
    assertThatThrownBy(() -> new RowWiseAdagrad(1, -1, 0))
        .hasMessage("epsilon: -1.0, expected a finite value of at least 0");
    assertThatThrownBy(() -> new RowWiseAdagrad(1, 0, Float.NaN))
        .hasMessage("initialAccumulator: NaN, expected a finite value of at least 0");
  }
}
