package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EncodedBatchTest {
  private static EncodedBatch of(int examples) {
    EncodedBatch batch = new EncodedBatch(2);
    for (int b = 0; b < examples; b++) {
      EncodedBatch.Appender appender = batch.append();
      for (int i = 0; i < b % 4; i++) {
        appender.add(1000L * b + i, i + 0.5f);
      }
      appender.endField();
      appender.add(-b, 1f);
      appender.endField();
      appender.commit();
    }
    return batch;
  }

  @Test
  void growsAndKeepsWhatItHolds() {
    EncodedBatch batch = of(1000);
    assertThat(batch.size()).isEqualTo(1000);
    for (int b = 0; b < 1000; b++) {
      assertThat(batch.end(b, 0) - batch.start(b, 0)).isEqualTo(b % 4);
      for (int i = 0; i < b % 4; i++) {
        assertThat(batch.token(batch.start(b, 0) + i)).isEqualTo(1000L * b + i);
        assertThat(batch.weight(batch.start(b, 0) + i)).isEqualTo(i + 0.5f);
      }
      assertThat(batch.token(batch.start(b, 1))).isEqualTo(-b);
    }
    assertThat(batch.tokenCount()).isEqualTo(1000 + 1500);
  }

  @Test
  void copiesExamplesOfAnotherBatch() {
    EncodedBatch from = of(10);
    EncodedBatch to = of(3);
    to.append(from, 7);
    assertThat(to.size()).isEqualTo(4);
    assertThat(to.hash(3)).isEqualTo(from.hash(7));
    assertThatThrownBy(() -> to.append(new EncodedBatch(3), 0))
        .hasMessageContaining("other.fields: 3, expected 2");
  }

  @Test
  void saysWhichFieldsAllExamplesShare() {
    EncodedBatch batch = new EncodedBatch(5);
    assertThat(batch.shared()).isNull();
    for (int b = 0; b < 3; b++) {
      EncodedBatch.Appender appender = batch.append();
      appender.add(7, 1f);
      appender.endField();
      appender.endField();
      appender.add(b == 2 ? 9 : 8, 1f);
      appender.endField();
      appender.add(8, b == 2 ? 2f : 1f);
      appender.endField();
      appender.add(8, 1f);
      if (b == 2) {
        appender.add(8, 1f);
      }
      appender.endField();
      appender.commit();
      if (b == 0) {
        assertThat(batch.shared()).isNull();
      }
    }
    assertThat(batch.shared()).containsExactly(true, true, false, false, false);
  }

  @Test
  void anExampleThatIsNotCommittedLeavesNoTrace() {
    EncodedBatch batch = of(3);
    long hash = batch.hash(2);
    EncodedBatch.Appender appender = batch.append();
    appender.add(5, 5f);
    appender.endField();
    assertThatThrownBy(appender::commit).hasMessageContaining("fields ended: 1, expected 2");
    assertThat(batch.size()).isEqualTo(3);
    assertThat(batch.tokenCount()).isEqualTo(of(3).tokenCount());
    assertThat(batch.hash(2)).isEqualTo(hash);
  }

  @Test
  void theHashSeesTokensWeightsAndFields() {
    assertThat(hash(1, 1f, true)).isEqualTo(hash(1, 1f, true));
    assertThat(hash(1, 1f, true))
        .isNotEqualTo(hash(2, 1f, true))
        .isNotEqualTo(hash(1, 2f, true))
        .isNotEqualTo(hash(1, 1f, false));
  }

  private static long hash(long token, float weight, boolean inFirstField) {
    EncodedBatch batch = new EncodedBatch(2);
    EncodedBatch.Appender appender = batch.append();
    if (inFirstField) {
      appender.add(token, weight);
      appender.endField();
      appender.endField();
    } else {
      appender.endField();
      appender.add(token, weight);
      appender.endField();
    }
    appender.commit();
    return batch.hash(0);
  }

  @Test
  void clears() {
    EncodedBatch batch = of(5);
    batch.clear();
    assertThat(batch.size()).isZero();
    assertThat(batch.tokenCount()).isZero();
    assertThatThrownBy(() -> new EncodedBatch(0)).hasMessageContaining("fields: 0");
  }
}
