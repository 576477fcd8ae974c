package io.millrace.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.calibration.CalibrationConfig.Method;
import io.millrace.metrics.Evaluation;
import io.millrace.model.Sigmoid;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SlidingCalibrationTest {
  private static SlidingCalibration fresh(Method method) {
    return new SlidingCalibration(new CalibrationConfig(method, 10_000, 2_000));
  }

  /** Adds examples whose true logit is a function of the one predicted. */
  private static void add(
      SlidingCalibration to,
      int n,
      SplittableRandom random,
      double mean,
      DoubleUnaryOperator truth) {
    for (int i = 0; i < n; i++) {
      float z = (float) (mean + 1.5 * random.nextGaussian());
      boolean positive = random.nextDouble() < Sigmoid.of(truth.applyAsDouble(z));
      to.add(z, (byte) (positive ? 1 : 0));
    }
  }

  @Test
  void aLineIsFoundAgain() {
    SplittableRandom random = new SplittableRandom(71);
    SlidingCalibration platt = fresh(Method.PLATT);
    add(platt, 10_000, random, -1, z -> 0.6 * z - 0.8);
    assertThat(platt.map().apply(0)).isCloseTo(-0.8, within(0.1));
    assertThat(platt.map().apply(1) - platt.map().apply(0)).isCloseTo(0.6, within(0.06));
    SlidingCalibration temperature = fresh(Method.TEMPERATURE);
    add(temperature, 10_000, random, -1, z -> 0.6 * z);
    assertThat(temperature.map().apply(0)).isZero();
    assertThat(temperature.map().apply(1)).isCloseTo(0.6, within(0.06));
  }

  /** Where the sum of gradients is zero, up to the pull to the identity, by hand. */
  @Test
  void theLineIsTheMinimum() {
    SplittableRandom random = new SplittableRandom(72);
    LabeledLogits examples = new LabeledLogits(500);
    for (int i = 0; i < 500; i++) {
      float z = (float) random.nextGaussian() * 20;
      examples.add(z, (byte) (random.nextDouble() < Sigmoid.of(0.2 * z + 1) ? 1 : 0));
    }
    float[] knots = LineFit.fit(examples, true).knots();
    double b = knots[1];
    double a = knots[3] - b;
    double da = a - 1;
    double db = b;
    for (int i = 0; i < 500; i++) {
      double g = Sigmoid.of(a * examples.logit(i) + b) - examples.label(i);
      da += g * examples.logit(i);
      db += g;
    }
    assertThat(a).as("slope above its limit").isGreaterThan(0.01001);
    assertThat(da).isCloseTo(0, within(0.05));
    assertThat(db).isCloseTo(0, within(0.01));
  }

  @Test
  void isotonicFollowsWhatNoLineCan() {
    SplittableRandom random = new SplittableRandom(73);
    DoubleUnaryOperator truth = z -> z < 0 ? -1 + 0.3 * z : -1 + 2 * z;
    SlidingCalibration isotonic = fresh(Method.ISOTONIC);
    add(isotonic, 10_000, random, 0, truth);
    for (double z : new double[] {-1.5, -1, -0.5, 0.5, 1, 1.5}) {
      assertThat(Sigmoid.of(isotonic.map().apply(z)))
          .as("at %s", z)
          .isCloseTo(Sigmoid.of(truth.applyAsDouble(z)), within(0.07));
    }
  }

  /** A group is spread over many logits where positives are rare: its mean logit says little. */
  @Test
  void whatIsCalibratedStaysSoAtAClickRateOfAQuarterPercent() {
    SplittableRandom random = new SplittableRandom(80);
    SlidingCalibration isotonic =
        new SlidingCalibration(new CalibrationConfig(Method.ISOTONIC, 20_000, 20_000));
    add(isotonic, 20_000, random, -7.5, z -> z);
    Evaluation calibrated = new Evaluation();
    for (int i = 0; i < 200_000; i++) {
      double z = -7.5 + 1.5 * random.nextGaussian();
      int label = random.nextDouble() < Sigmoid.of(z) ? 1 : 0;
      calibrated.add(isotonic.map().apply(z), label);
    }
    assertThat(calibrated.calibration()).isCloseTo(1, within(0.25));
  }

  /** The worked example of the project's brief. */
  @Test
  void adjacentViolatorsArePooled() {
    double[] y = {0, 0, 1, 0, 0, 1, 0, 1, 1, 1};
    double[] ones = new double[10];
    Arrays.fill(ones, 1);
    double third = 1.0 / 3;
    assertThat(IsotonicFit.pool(y, ones))
        .containsExactly(new double[] {0, 0, third, third, third, .5, .5, 1, 1, 1}, within(1e-12));
    assertThat(IsotonicFit.pool(new double[] {.5, .2}, new double[] {1, 3}))
        .containsExactly(new double[] {.275, .275}, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void mapsRiseStrictlySoThatRankingStays(Method method) {
    SplittableRandom random = new SplittableRandom(74);
    // calibrated, worse than chance, few positives, few distinct logits, one class
    DoubleUnaryOperator[] truths = {z -> z, z -> -z, z -> z - 6, z -> 40, z -> -40};
    for (DoubleUnaryOperator truth : truths) {
      SlidingCalibration calibration = fresh(method);
      add(calibration, 6_000, random, 0, truth);
      double last = Double.NEGATIVE_INFINITY;
      for (double z = -30; z <= 30; z += 0.01) {
        double value = calibration.map().apply(z);
        assertThat(value).isFinite().isGreaterThan(last);
        last = value;
      }
    }
    SlidingCalibration certain = fresh(method);
    for (int i = 0; i < 4_000; i++) {
      certain.add(i % 2 == 0 ? 90 : -90, (byte) (i / 2 % 2));
    }
    assertThat(certain.map().apply(1)).isFinite().isLessThan(certain.map().apply(1.1));
    SlidingCalibration constant = fresh(method);
    for (int i = 0; i < 4_000; i++) {
      constant.add(-1, (byte) (i % 10 == 0 ? 1 : 0));
    }
    assertThat(constant.map().apply(2)).isGreaterThan(constant.map().apply(1.9));
    if (method == Method.PLATT || method == Method.ISOTONIC) {
      assertThat(Sigmoid.of(constant.map().apply(-1))).isCloseTo(.1, within(.001));
    }
  }

  @Test
  void itForgetsWhatIsOlderThanTheWindowAndFitsAtItsPace() {
    SplittableRandom random = new SplittableRandom(75);
    SlidingCalibration platt = fresh(Method.PLATT);
    add(platt, 1_999, random, 0, z -> z - 2);
    assertThat(platt.map()).isSameAs(CalibrationMap.IDENTITY);
    add(platt, 1, random, 0, z -> z - 2);
    assertThat(platt.map().apply(0)).isCloseTo(-2, within(0.25));
    add(platt, 10_000, random, 0, z -> z + 2);
    assertThat(platt.map().apply(0)).isCloseTo(2, within(0.15));
  }

  /** On a stream whose model is too sure, the answers' errors fall and the ranking stays. */
  @ParameterizedTest
  @EnumSource(names = {"PLATT", "TEMPERATURE", "ISOTONIC"})
  void errorsFallOnExamplesNotSeen(Method method) {
    SplittableRandom random = new SplittableRandom(76);
    SlidingCalibration calibration = fresh(method);
    Evaluation raw = new Evaluation();
    Evaluation calibrated = new Evaluation();
    for (int i = 0; i < 40_000; i++) {
      double z = 2 * random.nextGaussian();
      int label = random.nextDouble() < Sigmoid.of(z / 2) ? 1 : 0;
      raw.add(z, label);
      calibrated.add(calibration.map().apply(z), label);
      calibration.add((float) z, (byte) label);
    }
    assertThat(raw.metrics().ece()).isGreaterThan(0.1);
    assertThat(calibrated.metrics().ece()).isLessThan(0.02);
    assertThat(calibrated.logloss()).isLessThan(raw.logloss() - 0.04);
    assertThat(calibrated.auc()).isCloseTo(raw.auc(), within(0.002));
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void whatIsStoredGoesOnAsIfNeverStored(Method method) {
    CalibrationConfig config = new CalibrationConfig(method, 3_000, 500);
    for (int before : new int[] {0, 700, 4_321}) {
      SlidingCalibration steady = new SlidingCalibration(config);
      add(steady, before, new SplittableRandom(77), 0, z -> z / 2);
      SlidingCalibration restored = SlidingCalibration.fromBytes(config, steady.toBytes());
      assertThat(restored.toBytes()).isEqualTo(steady.toBytes());
      assertThat(restored.map().knots()).isEqualTo(steady.map().knots());
      add(steady, 3_210, new SplittableRandom(78), 0, z -> z / 3);
      add(restored, 3_210, new SplittableRandom(78), 0, z -> z / 3);
      assertThat(restored.toBytes()).isEqualTo(steady.toBytes());
    }
  }

  @Test
  void damagedBytesAreRefused() {
    SlidingCalibration calibration = fresh(Method.ISOTONIC);
    add(calibration, 2_500, new SplittableRandom(79), 0, z -> z);
    byte[] good = calibration.toBytes();
    CalibrationConfig config = new CalibrationConfig(Method.ISOTONIC, 10_000, 2_000);
    for (int n : new int[] {0, 1, 9, 13, 40, good.length - 1}) {
      byte[] cut = Arrays.copyOf(good, n);
      assertThatThrownBy(() -> SlidingCalibration.fromBytes(config, cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(
            () -> SlidingCalibration.fromBytes(config, Arrays.copyOf(good, good.length + 1)))
        .hasMessageContaining("1 left over");
    assertThatThrownBy(
            () ->
                SlidingCalibration.fromBytes(new CalibrationConfig(Method.ISOTONIC, 100, 50), good))
        .hasMessage("calibration window: 2500 examples stored, expected at most 100");
    byte[] format = good.clone();
    format[0] = 9;
    assertThatThrownBy(() -> SlidingCalibration.fromBytes(config, format))
        .hasMessage("calibration format: 9, expected 1");
  }

  @Test
  void knotsRise() {
    CalibrationMap map = CalibrationMap.through(new float[] {-1, -2, 0, 0, 2, 1});
    assertThat(map.apply(-2)).isEqualTo(-4);
    assertThat(map.apply(-.5)).isEqualTo(-1);
    assertThat(map.apply(1)).isEqualTo(.5);
    assertThat(map.apply(4)).isEqualTo(2);
    assertThat(CalibrationMap.IDENTITY.apply(0.1234567891234)).isEqualTo(0.1234567891234);
    assertThatThrownBy(() -> CalibrationMap.through(new float[] {0, 0, 1, 0}))
        .hasMessage("calibration knot 1: 0.0, expected a finite value above the one before");
    assertThatThrownBy(() -> CalibrationMap.through(new float[] {0, 0}))
        .hasMessage("calibration knots: 2 values, expected an even number of at least 4");
  }
}
