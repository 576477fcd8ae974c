package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.trained.LabeledExamples;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowSharesTest {
  @Test
  void aRowsShareIsThatOfTheBatchesThatHoldIt() {
    UnifiedEmbedding scheme = new UnifiedEmbedding(1 << 16, 4, new int[] {1, 2});
    SplittableRandom random = new SplittableRandom(1);
    LabeledExamples examples = new LabeledExamples(2);
    int size = 1_000;
    int held = 0;
    for (int i = 0; i < size; i++) {
      var example = examples.next().append();
      boolean rare = random.nextInt(100) == 0;
      held += rare ? 1 : 0;
      example.add(rare ? 7 : 8, 1);
      example.endField();
      example.add(9, 1);
      example.endField();
      example.commit();
      examples.add(0);
    }
    RowShares shares = new RowShares(scheme, examples, 32);
    long rare = scheme.firstRow(0, 7, 0);

    assertThat(shares.count(rare)).isEqualTo(held);
    assertThat(shares.field(rare)).isZero();
    assertThat(shares.field(scheme.firstRow(1, 9, 0))).isOne();
    assertThat(shares.of(scheme.firstRow(1, 9, 1))).isEqualTo(1);
    int with = 0;
    int batches = 0;
    for (int epoch = 1; epoch <= 200; epoch++) {
      int[] order = EpochOrder.of(size, 1, epoch);
      for (int from = 0; from + 32 <= size; from += 32, batches++) {
        boolean has = false;
        for (int i = from; i < from + 32; i++) {
          has |= examples.encoded().token(2 * order[i]) == 7;
        }
        with += has ? 1 : 0;
      }
    }
    assertThat(shares.of(rare)).isCloseTo(with / (double) batches, within(0.02));
  }
}
