package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class DelayLawTest {
  private static final long START = 1_790_000_000_000L;
  private static final long WINDOW = 600_000;

  private record Click(long due, long delay) {}

  /** A stream of 200 impressions a second, of which a tenth is clicked. */
  private static DelayLaw law(int seconds, DoubleUnaryOperator delayOfShare) {
    DelayLaw law = new DelayLaw(Duration.ofMillis(WINDOW));
    SplittableRandom random = new SplittableRandom(1);
    PriorityQueue<Click> clicks = new PriorityQueue<>(Comparator.comparingLong(Click::due));
    for (int i = 0; i < 200 * seconds; i++) {
      long now = START + i * 5L;
      while (!clicks.isEmpty() && clicks.peek().due() <= now) {
        law.onClick(clicks.remove().delay());
      }
      law.onImpression(now);
      if (random.nextInt(10) == 0) {
        long delay = (long) delayOfShare.applyAsDouble(random.nextDouble());
        clicks.add(new Click(now + delay, delay));
      }
    }
    return law;
  }

  @Test
  void thePriorIsTheLogNormalLaw() {
    DelayLaw law = new DelayLaw(Duration.ofMillis(WINDOW));
    // Phi(ln 90 / 2.5) = Phi(1.7999) = .96406 of the law lie in the window, half of it below W/90.
    assertThat(law.share(WINDOW / 90)).isCloseTo(0.5 / 0.96406, within(0.002));
    // Phi(ln(60 / 6.6667) / 2.5) = Phi(.87889) = .81027
    assertThat(law.share(60_000)).isCloseTo(0.81027 / 0.96406, within(0.002));
    assertThat(law.share(0)).isZero();
    assertThat(law.share(WINDOW)).isEqualTo(1);
  }

  /** Of an exponential law with a mean of a minute, whose prior is far off. */
  @Test
  void anExponentialLawIsLearnedAlsoWhileMostDelaysAreUnknown() {
    DoubleUnaryOperator exponential =
        u -> Math.min(WINDOW - 1.0, -60_000 * Math.log1p(-u * (1 - Math.exp(-10))));
    DelayLaw whole = law(1800, exponential);
    for (long delay : new long[] {5_000, 20_000, 60_000, 120_000, 240_000}) {
      double expected = 1 - Math.exp(-delay / 60_000.0);
      assertThat(whole.share(delay)).as("%d ms", delay).isCloseTo(expected, within(0.02));
    }
    // After two minutes, shares of what can be seen by then: the ratio of .2835 to .6321 is known.
    DelayLaw young = law(120, exponential);
    assertThat(young.share(20_000) / young.share(60_000)).isCloseTo(0.2835 / 0.6321, within(0.06));
  }

  @Test
  void drawnDelaysFollowTheLaw() {
    DelayLaw law = law(900, u -> 100 + u * 300_000);
    long last = -1;
    for (int i = 0; i < 1000; i++) {
      double u = i / 1000.0;
      long delay = law.delay(u);
      assertThat(delay).isBetween(Math.max(0, last), WINDOW - 1);
      assertThat(law.share(delay)).isCloseTo(u, within(0.02));
      last = delay;
    }
    assertThat(law.delay(Math.nextDown(1.0))).isBetween(300_000L, WINDOW - 1);
  }

  @Test
  void itGoesOnFromItsStoredForm() {
    DelayLaw law = law(300, u -> u * 60_000);
    DelayLaw restored = new DelayLaw(Duration.ofMillis(WINDOW));
    restored.restore(law.toBytes());
    for (int i = 0; i < 5000; i++) {
      for (DelayLaw each : new DelayLaw[] {law, restored}) {
        each.onImpression(START + 300_000 + i * 20L);
        each.onClick(i * 7L % WINDOW);
      }
    }
    assertThat(restored.toBytes()).isEqualTo(law.toBytes());
    DelayLaw other = new DelayLaw(Duration.ofMillis(2 * WINDOW));
    byte[] before = other.toBytes();
    other.restore(law.toBytes());
    assertThat(other.toBytes()).as("the law of another window").isEqualTo(before);
    assertThatThrownBy(() -> restored.restore(new byte[3]))
        .hasMessageStartingWith("delay law: 3 bytes, expected ");
  }

  @Test
  void strangeTimesDoNoHarm() {
    DelayLaw law = new DelayLaw(Duration.ofMillis(1));
    law.onImpression(0);
    law.onImpression(Long.MAX_VALUE / 2);
    law.onImpression(-5);
    law.onClick(-1);
    law.onClick(Long.MAX_VALUE);
    assertThat(law.delay(0.99)).isZero();
  }
}
