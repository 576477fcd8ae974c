package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.calibration.CalibrationMap;
import io.millrace.calibration.SlidingCalibration;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.model.Sigmoid;
import io.millrace.model.Tensors;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearnerTest {
  private static final FeatureSchema SCHEMA =
      TestSchemas.of(
          "user", "{'kind':'categorical'}",
          "item", "{'kind':'categorical','lookups':2}",
          "genres", "{'kind':'categorical'}");

  /** Examples whose click rate depends on a pair of fields, some multi-valued, some empty. */
  private static final class Stream {
    private final SplittableRandom random = new SplittableRandom(31);
    final EncodedBatch batch = new EncodedBatch(3);
    byte[] labels = new byte[0];

    void next(int size) {
      batch.clear();
      labels = new byte[size];
      for (int b = 0; b < size; b++) {
        int user = random.nextInt(40);
        int item = random.nextInt(60);
        EncodedBatch.Appender example = batch.append();
        example.add(1000 + user, 1);
        example.endField();
        example.add(2000 + item, 1);
        example.endField();
        for (int g = item % 3; g > 0; g--) {
          example.add(3000 + g, 1f / (item % 3));
        }
        example.endField();
        example.commit();
        double z = (user % 2 == item % 2 ? 1.5 : -1.5) + (item % 5 == 0 ? 1 : -0.5);
        labels[b] = (byte) (random.nextDouble() < Sigmoid.of(z) ? 1 : 0);
      }
    }
  }

  private static ModelConfig config(ModelKind kind) {
    return ModelConfig.defaults(kind, "test", SCHEMA);
  }

  private static Learner learner(ModelConfig config, long segmentExamples) {
    return new Learner(CompiledModel.of(config, SCHEMA), segmentExamples);
  }

  private static Map<Integer, byte[]> pages(Learner learner) {
    Map<Integer, byte[]> pages = new TreeMap<>();
    learner.table().forEachPageChangedSinceCheckpoint(pages::put);
    return pages;
  }

  @ParameterizedTest
  @EnumSource(names = {"LR", "FM"})
  void storedAndRestoredItLearnsOnBitForBit(ModelKind kind) {
    storedAndRestoredItLearnsOnBitForBit(config(kind));
    storedAndRestoredItLearnsOnBitForBit(calibrated(kind));
  }

  private static void storedAndRestoredItLearnsOnBitForBit(ModelConfig config) {
    for (int stepSize : new int[] {1, 5}) {
      Stream stream = new Stream();
      Learner steady = learner(config, 300);
      Learner restarted = learner(config, 300);
      Map<Integer, byte[]> stored = new TreeMap<>();
      for (int step = 0; step < 400; step++) {
        stream.next(stepSize);
        float[] expected = new float[stepSize];
        float[] actual = new float[stepSize];
        steady.learn(stream.batch, stream.labels, expected);
        restarted.learn(stream.batch, stream.labels, actual);
        assertThat(actual).as("step %d", step).isEqualTo(expected);
        if (step % 90 == 50) { // incremental: only pages changed since the last time
          stored.putAll(pages(restarted));
          byte[] dense = restarted.denseState();
          restarted = learner(config, 300);
          restarted.restoreDenseState(dense);
          stored.forEach(restarted.table()::restorePage);
        }
      }
      stored.putAll(pages(restarted));
      Map<Integer, byte[]> all = pages(steady);
      assertThat(stored.keySet()).isEqualTo(all.keySet());
      // the steady one was never asked what has changed, so both hold all rows as unpublished
      all.forEach(
          (page, bytes) -> assertThat(stored.get(page)).as("page %d", page).isEqualTo(bytes));
      assertThat(restarted.denseState()).isEqualTo(steady.denseState());
      assertThat(restarted.total().metrics()).isEqualTo(steady.total().metrics());
      assertThat(restarted.closedSegments()).isEqualTo(steady.closedSegments());
    }
  }

  @Test
  void factorsLearnWhatWeightsCannot() {
    Stream stream = new Stream();
    Learner lr = learner(config(ModelKind.LR), 4000);
    Learner fm = learner(config(ModelKind.FM), 4000);
    float[] probability = new float[1];
    for (int i = 0; i < 8000; i++) {
      stream.next(1);
      lr.learn(stream.batch, stream.labels, probability);
      fm.learn(stream.batch, stream.labels, probability);
    }
    assertThat(lr.closedSegments()).hasSize(2);
    assertThat(lr.closedSegments().get(1).auc()).isBetween(0.5, 0.6);
    assertThat(fm.closedSegments().get(1).auc()).isGreaterThan(0.76);
    assertThat(fm.closedSegments().get(1).calibration()).isCloseTo(1, within(0.05));
  }

  @Test
  void everyExampleOfAStepIsPredictedBeforeAnyIsLearned() {
    Stream stream = new Stream();
    Learner learner = learner(config(ModelKind.FM), 100);
    stream.next(200);
    float[] probabilities = new float[200];
    learner.learn(stream.batch, stream.labels, probabilities);
    for (float p : probabilities) {
      assertThat(p).isCloseTo(0.5f, within(0.01f)); // initial factors are tiny
    }
    assertThat(learner.total().examples()).isEqualTo(200);
    assertThat(learner.closedSegments()).hasSize(2);
    assertThat(learner.segment().examples()).isZero();
  }

  /** One step of plain logistic regression by hand: the gradient of a repeated row is summed. */
  @Test
  void aRowThatOccursTwiceIsUpdatedOnceByTheSum() {
    ModelConfig config =
        config(ModelKind.LR)
            .with(
                "{\"rowOptimizer\":{\"rule\":\"ftrl\",\"alpha\":0.5,\"beta\":1,"
                    + "\"l1\":0,\"l2\":0,\"initialAccumulator\":0}}");
    FeatureSchema one = TestSchemas.of("user", "{'kind':'categorical'}");
    Learner learner = new Learner(CompiledModel.of(config, one), 10);
    EncodedBatch batch = new EncodedBatch(1);
    for (int i = 0; i < 3; i++) {
      EncodedBatch.Appender example = batch.append();
      example.add(5, 1);
      example.endField();
      example.commit();
    }
    learner.learn(batch, new byte[] {1, 1, 0}, new float[3]);
    // g = -.5 - .5 + .5 = -.5; w = .5 * alpha / (beta + |g|)
    List<Float> rows = new ArrayList<>();
    learner.table().forEachRowChangedSincePublish((row, values, at) -> rows.add(values[at]));
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0)).isCloseTo(0.5f * 0.5f / 1.5f, within(1e-6f));
    // bias: Adagrad, 0.1 * .5 / sqrt(.25 + .001)
    assertThat(learner.tensors().values()[0][0])
        .isCloseTo((float) (0.05 / Math.sqrt(0.251)), within(1e-6f));
  }

  @Test
  void anExampleThatCountsTwiceIsOneThatOccursTwice() {
    for (ModelKind kind : List.of(ModelKind.LR, ModelKind.FM, ModelKind.DEEPFM)) {
      // by itself the mixture's share is spread once for each example that occurs
      ModelConfig config = config(kind).withoutExperts();
      Learner twice = learner(config, 100);
      Learner weighted = learner(config, 100);
      Stream stream = new Stream();
      for (int step = 0; step < 20; step++) {
        stream.next(3);
        EncodedBatch repeated = new EncodedBatch(3);
        List.of(0, 1, 1).forEach(b -> repeated.append(stream.batch, b));
        byte[] labels = {stream.labels[0], stream.labels[1], stream.labels[1]};
        twice.learn(repeated, labels, new float[3]);
        weighted.learn(stream.batch, stream.labels, new float[] {1, 2, 0}, new float[3]);
      }
      for (int t = 0; t < twice.tensors().values().length; t++) {
        assertThat(weighted.tensors().values()[t])
            .containsExactly(twice.tensors().values()[t], within(2e-6f));
      }
      float[] rowOfTwice = new float[twice.table().rowWidth()];
      for (long row = 0; row < twice.table().rows(); row++) {
        float[] row1 = rowOfTwice.clone();
        twice.table().addRow(row, 1, rowOfTwice, 0);
        weighted.table().addRow(row, 1, row1, 0);
        assertThat(row1).containsExactly(rowOfTwice, within(2e-4f));
      }
    }
  }

  /** What counts once is learned as what has no importance, to the bit, experts and all. */
  @Test
  void importanceOfOneChangesNothing() {
    for (ModelKind kind : List.of(ModelKind.LR, ModelKind.FM, ModelKind.DEEPFM)) {
      Learner plain = learner(config(kind), 100);
      Learner once = learner(config(kind), 100);
      Learner less = learner(config(kind), 100);
      Stream stream = new Stream();
      for (int step = 0; step < 50; step++) {
        stream.next(2);
        plain.learn(stream.batch, stream.labels, new float[2]);
        once.learn(stream.batch, stream.labels, new float[] {1, 1}, new float[2]);
        less.learn(stream.batch, stream.labels, new float[] {1, 0.5f}, new float[2]);
      }
      assertThat(once.denseState()).isEqualTo(plain.denseState());
      assertThat(less.denseState()).isNotEqualTo(plain.denseState());
      Map<Integer, byte[]> pages = pages(once);
      pages(plain).forEach((page, bytes) -> assertThat(pages.get(page)).isEqualTo(bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16})
  void allocatesNothingInTheSteadyState(int stepSize) {
    for (ModelKind kind : new ModelKind[] {ModelKind.LR, ModelKind.FM}) {
      Learner learner = learner(config(kind), Long.MAX_VALUE);
      Stream stream = new Stream();
      float[] probabilities = new float[stepSize];
      // all 100 values seen, all pages allocated, all vectors in registers: compiled code has none
      // of the objects that they are before
      for (int i = 0; i < 30_000; i++) {
        stream.next(stepSize);
        learner.learn(stream.batch, stream.labels, probabilities);
      }
      var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        learner.learn(stream.batch, stream.labels, probabilities);
      }
      long perStep = (threads.getCurrentThreadAllocatedBytes() - before) / 1000;
      assertThat(perStep).as("bytes per step of %s", kind).isLessThan(4);
    }
  }

  private static ModelConfig calibrated(ModelKind kind) {
    return config(kind)
        .with("{\"calibration\":{\"method\":\"platt\",\"window\":500,\"every\":100}}");
  }

  /** The map is fitted on predictions made before learning, and gradients don't pass through it. */
  @Test
  void answersAreCalibratedAndLearningIsNot() {
    Stream stream = new Stream();
    Learner plain = learner(config(ModelKind.FM), 1000);
    Learner calibrated = learner(calibrated(ModelKind.FM), 1000);
    float[] raw = new float[10];
    float[] answered = new float[10];
    for (int step = 0; step < 200; step++) {
      float[] knots = knots(calibrated);
      stream.next(10);
      plain.learn(stream.batch, stream.labels, raw);
      calibrated.learn(stream.batch, stream.labels, answered);
      for (int b = 0; b < 10; b++) {
        double expected = CalibrationMap.through(knots).apply(Sigmoid.inverse(raw[b]));
        assertThat((double) answered[b]).isCloseTo(Sigmoid.of(expected), within(1e-5));
      }
      assertThat(Arrays.equals(knots(calibrated), knots)).isEqualTo((step + 1) % 10 != 0);
    }
    assertThat(pages(calibrated)).containsExactlyInAnyOrderEntriesOf(pages(plain));
    assertThat(calibrated.uncalibrated().metrics()).isEqualTo(plain.total().metrics());
    assertThat(calibrated.total().metrics()).isNotEqualTo(plain.total().metrics());
    assertThat(calibrated.total().examples()).isEqualTo(2000);
    assertThat(plain.uncalibrated().examples()).isZero();
    assertThat(plain.publishedTensors().specs()).isEqualTo(plain.tensors().specs());
  }

  private static float[] knots(Learner learner) {
    Tensors published = learner.publishedTensors();
    int last = published.specs().size() - 1;
    assertThat(published.specs().get(last).name()).isEqualTo("calibration");
    assertThat(published.specs().get(last).size()).isEqualTo(published.values()[last].length);
    return published.values()[last];
  }

  /** As learners of the first release stored it: four metrics a segment, and no calibration. */
  @Test
  void theFirstStoredFormIsStillRead() {
    Stream stream = new Stream();
    Learner learner = learner(config(ModelKind.LR), 10);
    stream.next(15);
    learner.learn(stream.batch, stream.labels, new float[15]);
    byte[] second = secondForm(learner);
    // version 2 has after the segment's first 48 bytes 32 more, then two parts with their lengths
    int metrics = second.length - partLengths(learner) - 32;
    byte[] stored = Arrays.copyOf(second, metrics);
    stored[4] = 1;
    Learner restored = learner(calibrated(ModelKind.LR), 10);
    restored.restoreDenseState(stored);

    assertThat(restored.total().metrics()).isEqualTo(learner.total().metrics());
    assertThat(restored.closedSegments()).hasSize(1);
    Metrics segment = restored.closedSegments().get(0);
    assertThat(segment.calibration()).isEqualTo(learner.closedSegments().get(0).calibration());
    assertThat(segment.brier()).isNaN();
    assertThat(CalibrationMap.through(knots(restored)).apply(3)).isEqualTo(3);
    assertThat(restored.uncalibrated().examples()).isZero();
  }

  /** Version 3 has the scales of numbers at its end: here of none, an int with its length. */
  private static byte[] secondForm(Learner learner) {
    byte[] third = learner.denseState();
    byte[] second = Arrays.copyOf(third, third.length - 8);
    assertThat(third).endsWith(0, 0, 0, 4, 0, 0, 0, 0);
    second[4] = 2;
    return second;
  }

  @Test
  void theSecondStoredFormIsStillRead() {
    Stream stream = new Stream();
    Learner learner = learner(config(ModelKind.FM), 10);
    stream.next(15);
    learner.learn(stream.batch, stream.labels, new float[15]);
    Learner restored = learner(config(ModelKind.FM), 10);
    restored.restoreDenseState(secondForm(learner));
    assertThat(restored.denseState()).isEqualTo(learner.denseState());
  }

  /** Bytes of an unused calibration and its evaluation at the end of a state. */
  private static int partLengths(Learner learner) {
    return Integer.BYTES
        + new SlidingCalibration(learner.config().calibration()).toBytes().length
        + Integer.BYTES
        + new Evaluation().toBytes().length;
  }

  @Test
  void anEmptyStepChangesNothing() {
    Learner learner = learner(config(ModelKind.FM), 10);
    byte[] before = learner.denseState();
    learner.learn(new EncodedBatch(3), new byte[0], new float[0]);
    assertThat(learner.denseState()).isEqualTo(before);
    assertThat(pages(learner)).isEmpty();
  }

  @Test
  void theStateOfAnotherModelIsRefusedAndChangesNothing() {
    Learner adagrad = learner(config(ModelKind.LR), 10);
    ModelConfig other =
        config(ModelKind.LR)
            .with(
                "{\"denseOptimizer\":{\"rule\":\"adam\",\"learningRate\":0.1,\"beta1\":0.9,"
                    + "\"beta2\":0.999,\"epsilon\":1e-8}}");
    Learner adam = learner(other, 10);
    byte[] before = adagrad.denseState();
    assertThatThrownBy(() -> adagrad.restoreDenseState(adam.denseState()))
        .hasMessage("dense state: slots of tensor bias: 3, expected 1");
    for (int n : new int[] {0, 3, 20, before.length - 1}) {
      assertThatThrownBy(() -> adagrad.restoreDenseState(Arrays.copyOf(before, n)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> adagrad.restoreDenseState(new byte[100]))
        .hasMessageContaining("magic 00000000");
    assertThat(adagrad.denseState()).isEqualTo(before);
  }
}
