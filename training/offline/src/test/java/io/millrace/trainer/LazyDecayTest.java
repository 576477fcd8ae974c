package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.RowGradients;
import io.millrace.optimizer.Adagrad;
import io.millrace.optimizer.Adam;
import io.millrace.optimizer.Ftrl;
import io.millrace.optimizer.Optimizer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LazyDecayTest {
  private static final int WIDTH = 3;
  private static final int ROWS = 40;
  private static final long[] TRAINED = java.util.stream.LongStream.range(0, ROWS).toArray();
  private static final Optimizer RULE = Adam.withLearningRate(0.01f);

  private static LearnerTable table() {
    return new LearnerTable(64, WIDTH, RULE.slots(WIDTH), new InitialRows(7, 1, 0));
  }

  private static float[] row(io.millrace.embedding.EmbeddingTable table, long row) {
    float[] values = new float[WIDTH];
    table.addRow(row, 1, values, 0);
    return values;
  }

  /** Every row of {@code table} shrinks at once, as a step without laziness has it. */
  private static void decayAll(LearnerTable table, double by) {
    for (long r : TRAINED) {
      float[] values = row(table, r);
      for (int i = 0; i < WIDTH; i++) {
        values[i] *= (float) (1 - by);
      }
      table.put(r, values, 0);
    }
  }

  /**
   * Three epochs at falling rates, of 200 steps on a few of the rows each, some of which are read
   * between: what is read and what is left in the end is what decay at each step leaves.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.02})
  void isDecayAtEachStep(double decay) {
    SplittableRandom random = new SplittableRandom(3);
    LearnerTable dense = table();
    LearnerTable behind = table();
    LazyDecay lazy = new LazyDecay(behind, TRAINED);
    RowGradients gradients = new RowGradients(WIDTH);
    for (int epoch = 0; epoch < 3; epoch++) {
      double by = decay * (3 - epoch) / 3;
      lazy.begin(by);
      for (int step = 0; step < 200; step++) {
        gradients.clear();
        for (int i = 0; i < 5; i++) {
          // the higher half of the rows is seldom seen
          long r = random.nextInt(random.nextInt(20) == 0 ? ROWS : ROWS / 2);
          assertThat(row(lazy, r)).containsExactly(row(dense, r), within(2e-5f));
          gradients.add(r, 1, new float[] {random.nextFloat() - .5f, .1f, -.2f}, 0);
        }
        decayAll(dense, by);
        dense.update(gradients, RULE::update);
        lazy.step(gradients);
        behind.update(gradients, RULE::update);
      }
      lazy.settle();
      for (long r : TRAINED) {
        assertThat(row(behind, r)).containsExactly(row(dense, r), within(2e-5f));
      }
    }
  }

  @Test
  void rowsOutsideTheTrainingSetStay() {
    LearnerTable table = table();
    float[] before = row(table, 63);
    LazyDecay lazy = new LazyDecay(table, TRAINED);
    lazy.begin(0.5);
    lazy.step(new RowGradients(WIDTH));
    assertThat(row(lazy, 63)).isEqualTo(before);
    lazy.settle();
    assertThat(row(table, 63)).isEqualTo(before);
  }

  @Test
  void knowsTheRateOfRulesThatMoveRows() {
    assertThat(LazyDecay.rate(Adam.withLearningRate(.5f))).isEqualTo(.5);
    assertThat(LazyDecay.rate(new Adagrad(.25f, 1e-8f, 0))).isEqualTo(.25);
    assertThatThrownBy(() -> LazyDecay.rate(new Ftrl(1, 1, 0, 0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Ftrl")
        .hasMessageContaining("with l2Scope LAZY");
    LazyDecay lazy = new LazyDecay(table(), TRAINED);
    assertThatThrownBy(() -> lazy.begin(1.5))
        .hasMessage("learning rate times l2: 1.5, expected at least 0, below 1 with l2Scope LAZY");
  }
}
