package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.feature.EncodedBatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArmOddsTest {
  private final SplittableRandom random = new SplittableRandom(5);
  private final EncodedBatch batch = new EncodedBatch(2);

  private void show(int user, int item) {
    batch.clear();
    EncodedBatch.Appender example = batch.append();
    example.add(100 + user, 1);
    example.endField();
    example.add(200 + item, 1);
    example.endField();
    example.commit();
  }

  /** Of what is shown in pairs (0, 0) and (1, 1) nine in ten are of the arm, else one in ten. */
  private ArmOdds learned(double share) {
    ArmOdds odds = new ArmOdds();
    for (int i = 0; i < 20_000; i++) {
      int user = random.nextInt(2);
      boolean mine = random.nextDouble() < share;
      int item = mine == random.nextDouble() < 0.9 ? user : 1 - user;
      show(user, item);
      odds.weigh(batch, 0, mine);
    }
    return odds;
  }

  /** With half of the units in the arm: E[Z | X] / p = .9 / .5 and .1 / .5 by Bayes' rule. */
  @Test
  void isTheSharesOfPairsThatNoFieldTellsByItself() {
    ArmOdds odds = learned(0.5);
    show(0, 0);
    assertThat(odds.importance(batch, 0)).isCloseTo(1.8f, within(0.1f));
    show(1, 0);
    assertThat(odds.importance(batch, 0)).isCloseTo(0.2f, within(0.1f));
  }

  /** With a fifth: P(Z | pair) = .2·.9 / (.2·.9 + .8·.1) = .692, over .2. */
  @Test
  void countsTheUnitsOfASmallArmMore() {
    ArmOdds odds = learned(0.2);
    show(1, 1);
    assertThat(odds.importance(batch, 0)).isCloseTo(0.692f / 0.2f, within(0.3f));
    show(0, 1);
    assertThat(odds.importance(batch, 0)).isCloseTo(0.2f * 0.1f / (0.74f * 0.2f), within(0.1f));
  }

  @Test
  void whereArmsShowTheSameEveryExampleCountsOnce() {
    ArmOdds odds = new ArmOdds();
    double sum = 0;
    for (int i = 0; i < 20_000; i++) {
      show(random.nextInt(5), random.nextInt(5));
      float importance = odds.weigh(batch, 0, random.nextInt(3) == 0);
      sum += importance;
      assertThat(importance).isBetween(0f, ArmOdds.LARGEST);
      if (i > 10_000) {
        assertThat(importance).isBetween(0.4f, 2.5f);
      }
    }
    assertThat(sum / 20_000).isCloseTo(1, within(0.02));
  }

  @Test
  void beforeAnythingIsKnownAnExampleCountsOnce() {
    show(0, 0);
    assertThat(new ArmOdds().importance(batch, 0)).isEqualTo(1);
    assertThat(new ArmOdds().weigh(batch, 0, false)).isEqualTo(1);
  }

  @Test
  void goesOnFromItsStoredForm() throws IOException {
    ArmOdds odds = learned(0.5);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    odds.write(new DataOutputStream(bytes));
    byte[] stored = bytes.toByteArray();
    ArmOdds read = ArmOdds.read(new DataInputStream(new ByteArrayInputStream(stored)));
    for (int i = 0; i < 10; i++) {
      show(i % 2, i % 3);
      assertThat(read.weigh(batch, 0, i % 2 == 0)).isEqualTo(odds.weigh(batch, 0, i % 2 == 0));
    }
    stored[0] = 2;
    assertThatThrownBy(() -> ArmOdds.read(new DataInputStream(new ByteArrayInputStream(stored))))
        .hasMessage("odds of an arm: format 2, expected 1");
  }
}
