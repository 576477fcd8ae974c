package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Sigmoid;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluationTest {

  @Test
  void tiesCountHalf() {
    int[] y = {0, 1, 1, 0, 1};
    double[] p = {.3, .3, .8, .1, .1};
    Evaluation evaluation = new Evaluation();
    for (int i = 0; i < y.length; i++) {
      evaluation.addProbability(p[i], y[i]);
    }
    assertThat(evaluation.auc()).isCloseTo(0.6666667, within(1e-7));
    double logloss =
        -(Math.log(.7) + Math.log(.3) + Math.log(.8) + Math.log(.9) + Math.log(.1)) / 5;
    assertThat(evaluation.logloss()).isCloseTo(logloss, within(1e-12));
    double entropy = -(.6 * Math.log(.6) + .4 * Math.log(.4));
    assertThat(evaluation.normalizedEntropy()).isCloseTo(logloss / entropy, within(1e-12));
    assertThat(evaluation.calibration()).isCloseTo(1.6 / 3, within(1e-12));
    assertThat(evaluation.examples()).isEqualTo(5);
    assertThat(evaluation.positives()).isEqualTo(3);
  }

  @Test
  void theAucOfManyScoresIsTheExactOne() {
    SplittableRandom random = new SplittableRandom(21);
    // about even, a click rate of .2 %, and uninformative scores
    double[][] shapes = {{0, 1.5, 1}, {-7, 1.5, 1}, {-2, 2, 0}};
    for (double[] shape : shapes) {
      int n = 100_000;
      double[] z = new double[n];
      int[] y = new int[n];
      Evaluation evaluation = new Evaluation();
      for (int i = 0; i < n; i++) {
        z[i] = shape[0] + shape[1] * gaussian(random);
        y[i] = random.nextDouble() < Sigmoid.of(shape[0] + shape[2] * (z[i] - shape[0])) ? 1 : 0;
        evaluation.add(z[i], y[i]);
      }
      assertThat(evaluation.auc()).isCloseTo(exactAuc(z, y), within(1e-5));
    }
  }

  @Test
  void binsNeverFallAndCoverAllLogits() {
    int previous = 0;
    for (double z = -60; z < 60; z += 0.001) {
      int bin = Evaluation.bin(z);
      assertThat(bin).isGreaterThanOrEqualTo(previous);
      previous = bin;
    }
    assertThat(Evaluation.bin(-1e300)).isZero();
    assertThat(Evaluation.bin(1e300)).isEqualTo(16383);
    assertThat(Evaluation.bin(1) - Evaluation.bin(0)).isGreaterThan(800);
  }

  @Test
  void mergedPartsEqualTheWhole() {
    SplittableRandom random = new SplittableRandom(22);
    Evaluation whole = new Evaluation();
    Evaluation merged = new Evaluation();
    for (int part = 0; part < 5; part++) {
      Evaluation evaluation = new Evaluation();
      for (int i = 0; i < 1000; i++) {
        double z = gaussian(random);
        int y = random.nextInt(2);
        whole.add(z, y);
        evaluation.add(z, y);
      }
      merged.merge(evaluation);
    }
    assertThat(merged.auc()).isEqualTo(whole.auc());
    assertThat(merged.examples()).isEqualTo(5000);
    assertThat(merged.logloss()).isCloseTo(whole.logloss(), within(1e-12));
    assertThat(merged.calibration()).isCloseTo(whole.calibration(), within(1e-12));
    merged.clear();
    assertThat(merged.toBytes()).isEqualTo(new Evaluation().toBytes());
  }

  @Test
  void whatIsStoredGoesOnAsIfNeverStored() {
    SplittableRandom random = new SplittableRandom(23);
    Evaluation evaluation = new Evaluation();
    for (int i = 0; i < 3000; i++) {
      evaluation.add(gaussian(random) * 30, random.nextInt(2));
    }
    Evaluation restored = Evaluation.fromBytes(evaluation.toBytes());
    for (Evaluation e : new Evaluation[] {evaluation, restored}) {
      e.add(0.25, 1);
    }
    assertThat(restored.metrics()).isEqualTo(evaluation.metrics());
    assertThat(restored.toBytes()).isEqualTo(evaluation.toBytes());
  }

  @Test
  void theStoredFormIsPinned() {
    Evaluation evaluation = new Evaluation();
    evaluation.add(0, 1);
    evaluation.add(0, 1);
    evaluation.add(-8, 0);
    String golden =
        "02" // format
            + "3ff62fa2b1f0aa66" // 2 ln 2 + ln(1 + e^-8)
            + "3ff0015fa3dd7d2f" // 1/2 + 1/2 + 1 / (1 + e^8)
            + "3fe000003c605848" // 1/4 + 1/4 + the square of the last
            + "01"
            + "8120"
            + "01" // negatives: bin 4096 = -1 + 4097, once
            + "01"
            + "8140"
            + "02"; // positives: bin 8192 = -1 + 8193, twice
    assertThat(HexFormat.of().formatHex(evaluation.toBytes())).isEqualTo(golden);
    assertThat(Evaluation.fromBytes(HexFormat.of().parseHex(golden)).auc()).isEqualTo(1);
  }

  @Test
  void theFormWithoutSquaresIsStillRead() {
    String first =
        "01" // format 1
            + "3ff62fa2b1f0aa66"
            + "3ff0015fa3dd7d2f"
            + "01"
            + "8120"
            + "01" // negatives: bin 4096
            + "01"
            + "8140"
            + "02"; // positives: bin 8192, twice
    Evaluation evaluation = new Evaluation();
    evaluation.add(0, 1);
    evaluation.add(0, 1);
    evaluation.add(-8, 0);
    Evaluation read = Evaluation.fromBytes(HexFormat.of().parseHex(first));
    assertThat(read.logloss()).isEqualTo(evaluation.logloss());
    assertThat(read.auc()).isEqualTo(1);
    assertThat(read.brier()).isCloseTo(evaluation.brier(), within(2.6e-4));
    read.add(0, 1);
    assertThat(read.toBytes()[0]).isEqualTo((byte) 2);
  }

  @Test
  void damagedBytesAreRefused() {
    Evaluation evaluation = new Evaluation();
    evaluation.add(0, 1);
    byte[] good = evaluation.toBytes();
    byte[] format = good.clone();
    format[0] = 7;
    assertThatThrownBy(() -> Evaluation.fromBytes(format))
        .hasMessage("evaluation format: 7, expected 1 or 2");
    for (int n = 0; n < good.length; n++) {
      byte[] cut = Arrays.copyOf(good, n);
      assertThatThrownBy(() -> Evaluation.fromBytes(cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Evaluation.fromBytes(Arrays.copyOf(good, good.length + 1)))
        .hasMessageContaining("expected fewer");
    String sums = "00".repeat(24);
    for (String tail :
        new String[] {
          "00" + "01" + "ffff01" + "01", // bin 32766
          "00" + "01" + "01" + "00", // an empty bin
          "00" + "ff".repeat(10) + "01" // a varint of 11 bytes
        }) {
      byte[] bytes = HexFormat.of().parseHex("02" + sums + tail);
      assertThatThrownBy(() -> Evaluation.fromBytes(bytes))
          .as(tail)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void undefinedMetricsAreNotNumbers() {
    Evaluation evaluation = new Evaluation();
    assertThat(evaluation.auc()).isNaN();
    assertThat(evaluation.logloss()).isNaN();
    evaluation.add(1, 0);
    assertThat(evaluation.auc()).isNaN();
    assertThat(evaluation.calibration()).isNaN();
    assertThat(evaluation.logloss()).isPositive();
  }

  @Test
  void refusesWhatIsNoPrediction() {
    Evaluation evaluation = new Evaluation();
    assertThatThrownBy(() -> evaluation.add(Double.NaN, 1)).hasMessageContaining("logit: NaN");
    assertThatThrownBy(() -> evaluation.add(Double.POSITIVE_INFINITY, 1))
        .hasMessageContaining("logit: Infinity");
    assertThatThrownBy(() -> evaluation.add(0, 2)).hasMessage("label: 2, expected 0 or 1");
    assertThatThrownBy(() -> evaluation.addProbability(1.5, 1)).hasMessageContaining("1.5");
    evaluation.addProbability(0, 1);
    assertThat(evaluation.logloss()).isCloseTo(-Math.log(1e-7), within(1e-9));
    assertThat(evaluation.examples()).isEqualTo(1);
  }

  /** By ranks, ties averaged (Mann and Whitney). */
  private static double exactAuc(double[] z, int[] y) {
    Integer[] order = IntStream.range(0, z.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, (a, b) -> Double.compare(z[a], z[b]));
    double ranks = 0;
    long positives = 0;
    for (int i = 0; i < order.length; ) {
      int j = i;
      while (j < order.length && z[order[j]] == z[order[i]]) {
        j++;
      }
      for (int k = i; k < j; k++) {
        if (y[order[k]] == 1) {
          ranks += (i + j + 1) / 2.0;
          positives++;
        }
      }
      i = j;
    }
    long negatives = z.length - positives;
    return (ranks - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }

  private static double gaussian(SplittableRandom random) {
    return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
