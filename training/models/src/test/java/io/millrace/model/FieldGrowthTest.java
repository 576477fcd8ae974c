package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FieldGrowthTest {
  private static TensorSpec spec(int... shape) {
    return new TensorSpec("t", shape, new TensorSpec.Init.Constant(0));
  }

  @Test
  void blocksMoveAndNewOnesAreZero() {
    FieldGrowth growth = new FieldGrowth(new int[] {0, 2}, 3);
    // two rows; two fields of two values, then one that is no field's
    assertThat(growth.grow(spec(2, 5), spec(2, 7), new float[] {1, 2, 3, 4, 5, 11, 12, 13, 14, 15}))
        .containsExactly(1, 2, 0, 0, 3, 4, 5, 11, 12, 0, 0, 13, 14, 15);
    assertThat(growth.grow(spec(2, 2), spec(3, 3), new float[] {1, 2, 3, 4}))
        .containsExactly(1, 0, 2, 0, 0, 0, 3, 0, 4);
    assertThat(growth.grow(spec(3), spec(3), new float[] {1, 2, 3})).containsExactly(1, 2, 3);
  }

  @Test
  void whatIsNotBlocksOfFieldsIsRefused() {
    FieldGrowth growth = new FieldGrowth(new int[] {0, 1}, 4);
    assertThatThrownBy(() -> growth.grow(spec(4), spec(7), new float[4]))
        .hasMessageContaining("an axis of 4 became 7 with 4 fields instead of 2");
    assertThatThrownBy(() -> growth.grow(spec(1), spec(3), new float[1]))
        .hasMessageContaining("an axis of 1 became 3");
    assertThatThrownBy(() -> growth.grow(spec(4), spec(4, 1), new float[4]))
        .hasMessageContaining("tensor t [4] became t [4, 1]");
    assertThatThrownBy(() -> new FieldGrowth(new int[] {1, 0}, 2))
        .hasMessageContaining("positions: [1, 0]");
    assertThatThrownBy(() -> new FieldGrowth(new int[] {0, 0}, 3))
        .hasMessageContaining("positions: [0, 0]");
  }
}
