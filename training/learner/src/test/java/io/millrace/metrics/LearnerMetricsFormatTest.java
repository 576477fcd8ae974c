package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.EvaluationMetrics;
import io.millrace.event.LearnerMetrics;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A learner's figures on their way to an answer and back. */
class LearnerMetricsFormatTest {
  private static final ExampleCounts COUNTS = new ExampleCounts(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

  private static Metrics metrics(int from) {
    return new Metrics(
        from, from + 1, from + .2, from + .3, from + .4, from + .5, from + .6, from + .7, from + .8,
        from + .9);
  }

  private static LearnerFigures of(LabelFigures byLabels) {
    return new LearnerFigures(77, COUNTS, 3, byLabels, OptionalDouble.of(.125));
  }

  private static LearnerFigures progressive() {
    return of(
        new ProgressiveFigures(
            metrics(10),
            List.of(metrics(20), metrics(30)),
            metrics(40),
            metrics(50),
            metrics(60),
            metrics(70)));
  }

  private static LearnerFigures lateLabels() {
    return of(
        new LateLabelFigures(
            new CohortFigures(
                metrics(10), metrics(20), 5, OptionalLong.of(1_000), OptionalLong.of(2_000)),
            new CohortFigures(
                metrics(30), metrics(40), 6, OptionalLong.of(3_000), OptionalLong.of(4_000)),
            .5));
  }

  private static List<LearnerFigures> figures() {
    return List.of(
        progressive(),
        lateLabels(),
        of(ProgressiveFigures.NONE),
        of(
            new LateLabelFigures(
                new CohortFigures(null, null, 0, OptionalLong.empty(), OptionalLong.of(9)),
                new CohortFigures(null, null, 0, OptionalLong.empty(), OptionalLong.empty()),
                1)));
  }

  private static Map<String, Double> named(LearnerFigures figures) {
    Map<String, Double> named = new TreeMap<>();
    FigureNames.forEach(figures, named::put);
    return named;
  }

  @ParameterizedTest
  @MethodSource("figures")
  void figuresComeBackFromTheirRecordAndFromTheirNames(LearnerFigures figures) throws Exception {
    AvroWire.trustContracts();
    ByteBuffer bytes = LearnerMetricsFormat.write("fm", 4, figures).toByteBuffer();
    LearnerMetrics read = LearnerMetrics.fromByteBuffer(bytes);
    assertThat(read.getModel()).isEqualTo("fm");
    assertThat(read.getIncarnation()).isEqualTo(4);
    assertThat(LearnerMetricsFormat.read(read)).isEqualTo(figures);
    Map<String, Double> named = named(figures);
    assertThat(FigureNames.read(77, name -> named.getOrDefault(name, Double.NaN)))
        .isEqualTo(figures);
  }

  @Test
  void whatIsNotDefinedIsNullAndHasNoName() {
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    Metrics one = new Metrics(1, 0, nan, .25, infinity, nan, .1, .1, .1, .1);
    LearnerFigures figures = of(new ProgressiveFigures(one, List.of(), null, null, null, null));
    EvaluationMetrics total =
        LearnerMetricsFormat.write("fm", 0, figures).getProgressive().getTotal();
    assertThat(total.getAuc()).isNull();
    assertThat(total.getNormalizedEntropy()).isNull();
    assertThat(total.getLogloss()).isEqualTo(.25);
    assertThat(named(figures))
        .containsEntry("total.logloss", .25)
        .doesNotContainKeys("total.auc", "total.normalizedEntropy", "total.calibration");
  }

  /** The console, the history and scripts of users know figures by these names. */
  @Test
  void theNamesOfAnswers() {
    assertThat(named(progressive()))
        .containsEntry("total.auc", 10.2)
        .containsEntry("segments.1.normalizedEntropy", 30.4)
        .containsEntry("segment.logloss", 40.3)
        .containsEntry("current.examples", 50.0)
        .containsEntry("uncalibrated.ece", 60.7)
        .containsEntry("served.ks", 70.9)
        .containsEntry("segment.index", 3.0)
        .containsEntry("publish.seconds", .125)
        .containsEntry("learned", 1.0)
        .containsEntry("positives", 2.0)
        .containsEntry("duplicates", 3.0)
        .containsEntry("rejected", 4.0)
        .containsEntry("other_schema", 5.0)
        .containsEntry("other_outcome", 6.0)
        .containsEntry("encoding_mismatches", 7.0)
        .containsEntry("corrections", 8.0)
        .containsEntry("taken_back", 9.0)
        .containsEntry("withheld", 10.0)
        .containsEntry("other_arm", 11.0)
        .hasSize(7 * 10 + 13);
    assertThat(named(lateLabels()))
        .containsEntry("served.calibration", 10.5)
        .containsEntry("cohort.brier", 20.6)
        .containsEntry("cohort.left_out", 5.0)
        .containsEntry("cohort.counted_until", 1_000.0)
        .containsEntry("cohort.next_at", 2_000.0)
        .containsEntry("learner.mce", 30.8)
        .containsEntry("learner_cohort.positives", 41.0)
        .containsEntry("learner_cohort.next_at", 4_000.0)
        .containsEntry("learner.sample", .5)
        .hasSize(4 * 10 + 7 + 13);
  }

  @Test
  void aRecordWithoutFiguresIsRefused() {
    LearnerMetrics empty = LearnerMetricsFormat.write("fm", 0, progressive());
    empty.setProgressive(null);
    assertThatThrownBy(() -> LearnerMetricsFormat.read(empty))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model fm version 77: progressive and late_labels are null");
  }
}
