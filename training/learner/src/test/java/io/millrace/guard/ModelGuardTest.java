package io.millrace.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Label;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelGuardTest {
  private static final int PER_SECOND = 500;

  private final SplittableRandom random = new SplittableRandom(7);
  private ModelGuard guard = new ModelGuard(GuardPolicy.PAUSE);
  private long clock = 1_700_000_000_000L;
  private long version;

  /** Says what a model predicts of an example, and how it ends. */
  private interface World {
    void next(double base);
  }

  /** A model whose logits differ by 1.2 about the base rate, and are right. */
  private double probability(double base) {
    double logit = Math.log(base / (1 - base)) + 1.2 * gaussian();
    return 1 / (1 + Math.exp(-logit));
  }

  private double gaussian() {
    double sum = -6;
    for (int i = 0; i < 12; i++) {
      sum += random.nextDouble();
    }
    return sum;
  }

  private byte chance(double probability) {
    return random.nextDouble() < probability ? Label.YES : Label.NO;
  }

  private void right(double base) {
    double p = probability(base);
    guard.add(p, chance(p));
  }

  private void inverted(double base) {
    double p = probability(base);
    guard.add(p, (byte) (1 - chance(p)));
  }

  private void run(World world, double base, int seconds) {
    for (int i = 0; i < seconds * PER_SECOND; i++) {
      world.next(base);
      guard.endStep(clock + 1000L * i / PER_SECOND, ++version);
    }
    clock += 1000L * seconds;
  }

  /** Examples until there is a fault, at most so many. */
  private int examplesToFault(World world, double base, int most) {
    for (int i = 1; i <= most; i++) {
      world.next(base);
      guard.endStep(clock + 1000L * i / PER_SECOND, ++version);
      if (guard.fault().isPresent()) {
        return i;
      }
    }
    return Integer.MAX_VALUE;
  }

  /**
   * A day with a rate that follows the hour, a market that changes every twenty minutes before the
   * model follows, and predictions that are up to a quarter off for a while.
   */
  @ParameterizedTest
  @CsvSource({"1, .02", "2, .1", "3, .3", "4, .5", "5, .005", "6, .1", "7, .05"})
  void aQuietDayRaisesNoAlarm(long seed, double base) {
    SplittableRandom world = new SplittableRandom(seed);
    int perSecond = 20;
    double bias = 0;
    double spread = 1;
    for (int second = 0; second < 24 * 3600; second++) {
      if (second % 1200 == 0) {
        bias = world.nextDouble(-0.25, 0.25);
        spread = world.nextDouble(0.9, 1.15);
      }
      bias *= 0.998;
      double hour = 0.5 * Math.sin(2 * Math.PI * second / 86_400);
      for (int i = 0; i < perSecond; i++) {
        double noise =
            1.2 * (world.nextDouble() + world.nextDouble() + world.nextDouble() - 1.5) * 2;
        double said = Math.log(base / (1 - base)) + hour + noise;
        double truth = Math.log(base / (1 - base)) + hour + bias + spread * noise;
        byte label = world.nextDouble() < 1 / (1 + Math.exp(-truth)) ? Label.YES : Label.NO;
        guard.add(1 / (1 + Math.exp(-said)), label);
      }
      guard.endStep(clock + 1000L * second, ++version);
      assertThat(guard.fault()).as("second %d", second).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({".02, false", ".1, false", ".3, false", ".5, true"})
  void invertedLabelsAreSeenAndNothingIsLearnedWhileTheirRateIsOff(double base, boolean learns) {
    run(this::right, base, 200);
    assertThat(guard.fault()).isEmpty();
    assertThat(guard.soundVersion()).isEqualTo(-1);
    long before = version;
    assertThat(examplesToFault(this::inverted, base, 5_000)).isLessThanOrEqualTo(1024 + 255);
    assertThat(guard.soundVersion()).isBetween(before - 20_000, before);
    run(this::inverted, base, 3);
    assertThat(guard.learns()).isEqualTo(learns);
    assertThat(guard.fault().orElseThrow().endsWith("; nothing is learned while that is so"))
        .isEqualTo(!learns);
    run(this::inverted, base, 60);
    assertThat(guard.learns()).isEqualTo(learns);
    assertThat(guard.fault()).isPresent();
    run(this::right, base, 60);
    assertThat(guard.soundVersion()).isEqualTo(-1);
    assertThat(guard.fault()).isEmpty();
    assertThat(guard.learns()).isTrue();
  }

  @Test
  void whatHoldsGoesOnLearning() {
    guard = new ModelGuard(GuardPolicy.HOLD);
    run(this::right, 0.1, 200);
    assertThat(examplesToFault(this::inverted, 0.1, 5_000)).isLessThan(1_300);
    assertThat(guard.learns()).isTrue();
    assertThat(guard.fault().orElseThrow())
        .contains(" before")
        .doesNotContain("nothing is learned");
  }

  @Test
  void predictionsThatAreTooHighAreSeen() {
    run(this::right, 0.1, 200);
    World thrice =
        base -> {
          double p = probability(base);
          guard.add(Math.min(1, 3 * p), chance(p));
        };
    assertThat(examplesToFault(thrice, 0.1, 5_000)).isLessThan(1_300);
    assertThat(guard.learns()).as("the labels are as before").isTrue();
  }

  @Test
  void whatIsOffSeesNothing() {
    guard = new ModelGuard(GuardPolicy.OFF);
    run(this::right, 0.1, 200);
    run(this::inverted, 0.1, 60);
    assertThat(guard.fault()).isEmpty();
    assertThat(guard.learns()).isTrue();
  }

  @Test
  void predictionsThatAreSureAndWrongAreSeen() {
    run(this::right, 0.5, 200);
    World sure = base -> guard.add(random.nextBoolean() ? 1 : 0, chance(base));
    assertThat(examplesToFault(sure, 0.5, 5_000)).isLessThanOrEqualTo(512);
    assertThat(guard.fault().orElseThrow())
        .contains("normalized entropy")
        .contains("the best constant prediction has 1");
  }

  @Test
  void clicksThatNoLongerComeAreSeen() {
    run(this::right, 0.05, 200);
    World none = base -> guard.add(probability(base), Label.NO);
    assertThat(examplesToFault(none, 0.05, 5_000)).isLessThanOrEqualTo(1_600);
  }

  @Test
  void whatCannotBeLearnedIsSeen() {
    run(this::right, 0.1, 200);
    World left =
        base -> {
          if (random.nextInt(4) == 0) {
            guard.addUnlearnable();
          } else {
            right(base);
          }
        };
    assertThat(examplesToFault(left, 0.1, 5_000)).isLessThanOrEqualTo(1_600);
    assertThat(guard.fault().orElseThrow()).contains("could not be learned, 0.");
  }

  @Test
  void aModelThatHasJustBegunIsNotJudged() {
    run(this::inverted, 0.1, 20);
    assertThat(guard.fault()).isEmpty();
  }

  @Test
  void aWorldThatStaysOtherIsLearnedAfterTenMinutes() {
    run(this::right, 0.05, 200);
    double[] learnedShare = {0};
    World three =
        base -> {
          double p = probability(base);
          double truth = Math.min(1, 3 * p);
          double said = p + learnedShare[0] * (truth - p);
          guard.add(said, chance(truth));
          learnedShare[0] = guard.learns() ? Math.min(1, learnedShare[0] + 1e-4) : learnedShare[0];
        };
    assertThat(examplesToFault(three, 0.05, 5_000)).isLessThan(2_000);
    run(three, 0.05, 590);
    assertThat(guard.learns()).isFalse();
    run(three, 0.05, 20);
    assertThat(guard.learns()).isTrue();
    assertThat(guard.fault()).isPresent();
    run(three, 0.05, 100);
    assertThat(guard.fault()).isEmpty();
  }

  @Test
  void labelsThatComeLateAreNoFault() {
    Deque<Double> clicked = new ArrayDeque<>();
    World late =
        base -> {
          double p = probability(base);
          boolean click = chance(p) == Label.YES;
          guard.add(p, Label.NO);
          clicked.addLast(click ? p : Double.NaN);
          if (clicked.size() > 30 * PER_SECOND) {
            double first = clicked.removeFirst();
            if (!Double.isNaN(first)) {
              guard.add(first, Label.YES_AFTER_NO);
            }
          }
        };
    run(late, 0.1, 1_000);
    assertThat(guard.fault()).isEmpty();
  }

  @Test
  void theStoredFormGoesOnAsIfNothingHadHappened() throws IOException {
    run(this::right, 0.1, 200);
    examplesToFault(this::inverted, 0.1, 5_000);
    byte[] stored = guard.toBytes();
    ModelGuard again = ModelGuard.fromBytes(GuardPolicy.PAUSE, stored);
    assertThat(again.fault()).isEqualTo(guard.fault());
    for (int i = 0; i < 50_000; i++) {
      double p = probability(0.1);
      byte label = chance(p);
      guard.add(p, label);
      again.add(p, label);
      guard.endStep(clock + i, ++version);
      again.endStep(clock + i, version);
      assertThat(again.fault()).isEqualTo(guard.fault());
    }
    assertThat(guard.fault()).isEmpty();
    assertThat(again.toBytes()).isEqualTo(guard.toBytes());
    assertThatThrownBy(() -> ModelGuard.fromBytes(GuardPolicy.PAUSE, new byte[] {9}))
        .hasMessage("guard: format 9, expected 1");
    assertThatThrownBy(
            () -> ModelGuard.fromBytes(GuardPolicy.PAUSE, Arrays.copyOf(stored, stored.length + 1)))
        .hasMessage("guard: 1 bytes left over");
  }
}
