package io.millrace.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowRatesTest {
  private static final RowWiseAdagrad RULE = new RowWiseAdagrad(0.1f, 1e-8f, 0.5f);
  private static final RowRates RATES =
      new RowRates(RULE, List.of(new RowRates.Part(1, 2), new RowRates.Part(2, 3)));

  @Test
  void eachPartIsARowOfItsOwnAtItsRate() {
    float[] values = {9, 1, 2, 3, 9};
    float[] slots = {9, 0.1f, 0.2f, 9};
    float[] gradient = {9, 0.5f, -0.25f, 1};
    RATES.update(values, 1, 3, slots, 1, gradient, 1);

    float[] first = {1};
    float[] firstSlot = {0.1f};
    RULE.scaled(2).update(first, 0, 1, firstSlot, 0, new float[] {0.5f}, 0);
    float[] rest = {2, 3};
    float[] restSlot = {0.2f};
    RULE.scaled(3).update(rest, 0, 2, restSlot, 0, new float[] {-0.25f, 1}, 0);
    assertThat(values).containsExactly(9, first[0], rest[0], rest[1], 9);
    assertThat(slots).containsExactly(9, firstSlot[0], restSlot[0], 9);
  }

  @Test
  void scalingScalesEachPart() {
    float[] values = {0, 0, 0};
    float[] expected = {0, 0, 0};
    float[] gradient = {1, 2, 3};
    RATES.scaled(0.5f).update(values, 0, 3, new float[2], 0, gradient, 0);
    new RowRates(RULE, List.of(new RowRates.Part(1, 1), new RowRates.Part(2, 1.5f)))
        .update(expected, 0, 3, new float[2], 0, gradient, 0);
    assertThat(values).isEqualTo(expected);
  }

  @Test
  void eachPartRecallsItsOwnSquares() {
    float[] slots = new float[2];
    RATES.recall(new float[3], 0, 3, slots, 0, new float[] {7, 1, 2, 4}, 0);
    assertThat(slots).containsExactly(1, 3);
  }

  @Test
  void aRowOfAnotherWidthIsRefused() {
    assertThat(RATES.slots(3)).isEqualTo(2);
    assertThatThrownBy(() -> RATES.slots(4)).hasMessage("width: 4, expected the parts' 3 columns");
  }
}
