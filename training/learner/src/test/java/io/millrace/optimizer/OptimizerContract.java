package io.millrace.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every optimizer promises to the tables and tensors that it updates. */
abstract class OptimizerContract {

  /** The optimizer under test, with settings that keep values finite. */
  abstract Optimizer optimizer();

  /** Whether a row that has seen gradients still moves on a gradient of zeros. */
  boolean hasMomentum() {
    return false;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16, 33})
  void zeroSlotsAreAFreshState(int width) {
    float[] values = random(width, 1);
    float[] start = values.clone();
    float[] slots = new float[optimizer().slots(width)];
    for (int step = 0; step < 50; step++) {
      optimizer().update(values, 0, width, slots, 0, random(width, 100 + step), 0);
    }
    for (int i = 0; i < width; i++) {
      assertThat(values[i]).isFinite().isNotEqualTo(start[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16})
  void leavesAFreshRowAloneOnAZeroGradient(int width) {
    float[] values = random(width, 2);
    float[] slots = new float[optimizer().slots(width)];
    optimizer().update(values, 0, width, slots, 0, new float[width], 0);
    assertThat(values).containsExactly(random(width, 2));
  }

  @Test
  void leavesAnOldRowAloneOnAZeroGradientUnlessItHasMomentum() {
    float[] values = random(4, 3);
    float[] slots = new float[optimizer().slots(4)];
    optimizer().update(values, 0, 4, slots, 0, random(4, 4), 0);
    float[] before = values.clone();
    optimizer().update(values, 0, 4, slots, 0, new float[4], 0);
    if (hasMomentum()) {
      assertThat(values).isNotEqualTo(before);
    } else {
      assertThat(values).containsExactly(before);
    }
  }

  @Test
  void touchesOnlyItsOwnRow() {
    int width = 5;
    int count = optimizer().slots(width);
    float[] values = filled(3 + width + 4, 77);
    float[] slots = filled(2 + count + 6, 78);
    float[] gradient = filled(7 + width + 1, 79);
    System.arraycopy(random(width, 5), 0, values, 3, width);
    Arrays.fill(slots, 2, 2 + count, 0);
    System.arraycopy(random(width, 6), 0, gradient, 7, width);
    float[] gradientBefore = gradient.clone();

    optimizer().update(values, 3, width, slots, 2, gradient, 7);

    float[] alone = random(width, 5);
    float[] aloneSlots = new float[count];
    optimizer().update(alone, 0, width, aloneSlots, 0, random(width, 6), 0);
    float[] expected = filled(values.length, 77);
    System.arraycopy(alone, 0, expected, 3, width);
    float[] expectedSlots = filled(slots.length, 78);
    System.arraycopy(aloneSlots, 0, expectedSlots, 2, count);
    assertThat(values).containsExactly(expected);
    assertThat(slots).containsExactly(expectedSlots);
    assertThat(gradient).containsExactly(gradientBefore);
  }

  @Test
  void keepsValuesAndSlotsInOneArray() {
    int width = 6;
    int stride = width + optimizer().slots(width);
    float[] row = new float[stride];
    System.arraycopy(random(width, 7), 0, row, 0, width);
    float[] values = random(width, 7);
    float[] slots = new float[stride - width];
    for (int step = 0; step < 10; step++) {
      float[] gradient = random(width, 200 + step);
      optimizer().update(row, 0, width, row, width, gradient, 0);
      optimizer().update(values, 0, width, slots, 0, gradient, 0);
    }
    assertThat(Arrays.copyOf(row, width)).containsExactly(values);
    assertThat(Arrays.copyOfRange(row, width, stride)).containsExactly(slots);
  }

  @Test
  void movesAgainstTheGradient() {
    float[] values = new float[3];
    float[] slots = new float[optimizer().slots(3)];
    optimizer().update(values, 0, 3, slots, 0, new float[] {2, -2, 3}, 0);
    assertThat(values[0]).isNegative();
    assertThat(values[1]).isPositive();
    assertThat(values[2]).isNegative();
  }

  /** Gradients of all magnitudes, as adverse as chance makes them. */
  @Test
  void noStepIsLongerThanTheLongest() {
    Optimizer optimizer = optimizer();
    SplittableRandom random = new SplittableRandom(9);
    for (int width : new int[] {1, 3, 16}) {
      double longest = optimizer.longestStep(width) * 1.001;
      assertThat(longest).isPositive();
      if (Double.isInfinite(longest)) {
        return; // there is no such bound
      }
      assertThat(optimizer.scaled(4).longestStep(width) * 1.001)
          .satisfies(four -> assertThat(four / longest).isCloseTo(4, within(1e-3)));
      for (int row = 0; row < 50; row++) {
        float[] values = new float[width];
        float[] slots = new float[optimizer.slots(width)];
        for (int step = 0; step < 60; step++) {
          float[] gradient = random(width, random.nextLong());
          float scale = (float) Math.pow(10, random.nextInt(-6, 13));
          for (int i = 0; i < width; i++) {
            gradient[i] *= scale;
          }
          float[] before = values.clone();
          optimizer.update(values, 0, width, slots, 0, gradient, 0);
          for (int i = 0; i < width; i++) {
            assertThat((double) Math.abs(values[i] - before[i])).isLessThanOrEqualTo(longest);
          }
        }
      }
    }
  }

  @Test
  void findsTheMinimumOfABowl() {
    float[] target = {0.5f, -0.25f, 0.125f};
    float[] values = new float[3];
    float[] slots = new float[optimizer().slots(3)];
    float[] gradient = new float[3];
    for (int step = 0; step < 5000; step++) {
      for (int i = 0; i < 3; i++) {
        gradient[i] = values[i] - target[i];
      }
      optimizer().update(values, 0, 3, slots, 0, gradient, 0);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(Math.abs(values[i] - target[i])).isLessThan(0.01f);
    }
  }

  private static final int STEPS = 400;

  /** The slots of a row that recalls {@link #STEPS} gradients of magnitude g. */
  private static float[] recalled(Optimizer optimizer, float[] values, float[] g) {
    float[] sums = new float[3 + 1 + g.length];
    sums[3] = STEPS;
    for (int i = 0; i < g.length; i++) {
      sums[4 + i] = STEPS * g[i] * g[i];
    }
    float[] slots = filled(2 + optimizer.slots(g.length) + 1, 55);
    float[] padded = filled(5 + g.length + 1, 66);
    System.arraycopy(values, 0, padded, 5, g.length);
    optimizer.recall(padded, 5, g.length, slots, 2, sums, 3);
    assertThat(slots[0]).isEqualTo(55);
    assertThat(slots[1]).isEqualTo(55);
    assertThat(slots[slots.length - 1]).isEqualTo(55);
    assertThat(Arrays.copyOfRange(padded, 5, 5 + g.length)).containsExactly(values);
    return Arrays.copyOfRange(slots, 2, slots.length - 1);
  }

  @Test
  void aRecalledRowGoesOnInStepsAsLongAsThoseOfOneThatCameThereByItself() {
    float[] g = {0.5f, 0.5f, 0.5f};
    Optimizer optimizer = optimizer();
    float[] own = new float[3];
    float[] ownSlots = new float[optimizer.slots(3)];
    for (int step = 0; step < STEPS; step++) {
      float signed = step % 2 == 0 ? g[0] : -g[0];
      optimizer.update(own, 0, 3, ownSlots, 0, new float[] {signed, signed, signed}, 0);
    }
    float[] recalled = own.clone();
    float[] slots = recalled(optimizer, recalled, g);
    float[] before = own.clone();
    optimizer.update(own, 0, 3, ownSlots, 0, g, 0);
    optimizer.update(recalled, 0, 3, slots, 0, g, 0);
    for (int i = 0; i < 3; i++) {
      // momentum is not recalled
      float tolerance = hasMomentum() ? 1f : 0.1f;
      float step = own[i] - before[i];
      assertThat(recalled[i] - before[i])
          .isCloseTo(step, within(tolerance * Math.abs(step)))
          .isNegative();
    }
  }

  @Test
  void aRecalledRowIsNotForgotten() {
    float[] values = {0.7f, -0.6f, 0.2f};
    float[] g = {0.5f, 0.1f, 0.3f};
    Optimizer optimizer = optimizer();
    float[] slots = recalled(optimizer, values, g);
    float[] moved = values.clone();
    optimizer.update(moved, 0, 3, slots, 0, new float[] {1e-4f, 1e-4f, 1e-4f}, 0);
    for (int i = 0; i < 3; i++) {
      assertThat(moved[i]).isCloseTo(values[i], within(0.001f));
    }
  }

  @Test
  void noStepsRecallAFreshState() {
    Optimizer optimizer = optimizer();
    float[] slots = filled(optimizer.slots(4), 5);
    optimizer.recall(random(4, 9), 0, 4, slots, 0, new float[5], 0);
    for (float slot : slots) {
      assertThat(slot).isZero();
    }
  }

  static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return v;
  }

  private static float[] filled(int n, float value) {
    float[] v = new float[n];
    Arrays.fill(v, value);
    return v;
  }
}
