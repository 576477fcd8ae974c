package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.trained.LabeledExamples;
import org.junit.jupiter.api.Test;

class HoldoutTest {
  private static LabeledExamples examples(int size, int everyPositive) {
    LabeledExamples examples = new LabeledExamples(1);
    for (int i = 0; i < size; i++) {
      var example = examples.next().append();
      example.add(i, 1);
      example.endField();
      example.commit();
      examples.add(i % everyPositive == 0 ? 1 : 0);
    }
    return examples;
  }

  @Test
  void inTimeOrderTheLastOnesAreKeptBack() {
    Holdout held = Holdout.of(examples(20_000, 4), true);

    assertThat(held.train().size()).isEqualTo(18_000);
    assertThat(held.valid().encoded().token(0)).isEqualTo(18_000);
    assertThat(held.valid().encoded().token(1_999)).isEqualTo(19_999);
    assertThat(held.sentence())
        .isEqualTo(
            "no --valid: the last rows of --train decide when to stop, 2,000 of 20,000 rows");
  }

  @Test
  void elseAHashChoosesTheSameOnesOfEachClassWheneverItIsAsked() {
    LabeledExamples all = examples(3_000, 100);
    Holdout held = Holdout.of(all, false);

    assertThat(held.valid().size()).isEqualTo(600);
    assertThat(held.valid().positives()).isEqualTo(6);
    assertThat(held.train().positives()).isEqualTo(24);
    assertThat(Holdout.of(all, false).valid().fingerprint()).isEqualTo(held.valid().fingerprint());
    long fromTheEnd = 0;
    for (int i = 0; i < 600; i++) {
      fromTheEnd += held.valid().encoded().token(i) >= 1_500 ? 1 : 0;
    }
    assertThat(fromTheEnd).isBetween(250L, 350L);
  }

  @Test
  void eachSideHasAPositiveIfThereAreTwo() {
    Holdout held = Holdout.of(examples(100, 60), false);

    assertThat(held.train().positives()).isOne();
    assertThat(held.valid().positives()).isOne();
  }

  @Test
  void tooFewAreRefused() {
    assertThatThrownBy(() -> Holdout.of(examples(4, 2), false))
        .hasMessage("4 examples, expected at least 5, to keep some back for validation");
  }
}
