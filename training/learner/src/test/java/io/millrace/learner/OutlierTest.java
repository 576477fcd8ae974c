package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.metrics.Evaluation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One number far from its feature's others, and numbers of any unit. */
class OutlierTest {
  private static final int BEFORE = 2_000;
  private static final int AFTER = 20_000;

  /** Of the examples after the outlier. */
  private static Evaluation after(
      ModelKind kind, String settings, String properties, double unit, double outlier) {
    NumericStream stream = new NumericStream(properties, unit);
    ModelConfig config = ModelConfig.defaults(kind, "m", stream.schema).with(settings);
    Evaluation after = new Evaluation();
    float[] p = new float[1];
    try (CompiledModel compiled = CompiledModel.of(config, stream.schema);
        Learner learner = new Learner(compiled, Long.MAX_VALUE)) {
      for (int i = 0; i < BEFORE + AFTER; i++) {
        if (i == BEFORE && outlier != 0) {
          stream.next(outlier);
        } else {
          stream.next(1);
        }
        assertThat(learner.learn(stream.batch, stream.labels, p)).isEmpty();
        if (i > BEFORE) {
          after.addProbability(p[0], stream.labels[0]);
        }
      }
      if (outlier == 0) {
        assertThat(learner.total().logloss()).isLessThan(0.57);
      }
    }
    return after;
  }

  @ParameterizedTest
  @CsvSource({"LR", "FM", "DEEPFM"})
  void learningGoesOnAfterAnOutlier(ModelKind kind) {
    double without = after(kind, "{}", "", 1, 0).auc();
    assertThat(without).isGreaterThan(0.74);
    for (double outlier : new double[] {1e4, -1e6, 1e12}) {
      double with = after(kind, "{}", "", 1, outlier).auc();
      assertThat(with).as("after %s", outlier).isCloseTo(without, within(0.003));
    }
    String log1p = ",\"transform\":\"log1p\"";
    double transformed = after(kind, "{}", log1p, 1, 1e300).auc();
    assertThat(transformed).isCloseTo(after(kind, "{}", log1p, 1, 0).auc(), within(0.003));
  }

  /** What the setting is for. */
  @ParameterizedTest
  @CsvSource({"LR", "FM"})
  void withoutScalingAnOutlierSpoilsIt(ModelKind kind) {
    String none = "{\"numericScaling\":{\"method\":\"none\"}}";
    double without = after(kind, none, "", 1, 0).auc();
    assertThat(after(kind, none, "", 1, 1e4).auc()).isLessThan(without - 0.01);
  }

  /** Ordinary numbers are below 4, and so taken as they are. */
  @ParameterizedTest
  @CsvSource({"LR", "FM", "DEEPFM"})
  void ordinaryNumbersAreTakenAsTheyAre(ModelKind kind) {
    String none = "{\"numericScaling\":{\"method\":\"none\"}}";
    Evaluation expected = after(kind, none, "", 1, 0);
    assertThat(after(kind, "{}", "", 1, 0).metrics()).isEqualTo(expected.metrics());
  }

  @ParameterizedTest
  @CsvSource({"LR", "FM", "DEEPFM", "DCNV2", "AUTOINT"})
  void theUnitOfANumberDoesNotMatter(ModelKind kind) {
    double expected = after(kind, "{}", "", 1, 0).auc();
    for (double unit : new double[] {100, 1e6, 1e12}) {
      double auc = after(kind, "{}", "", unit, 0).auc();
      assertThat(auc).as("in %s of a unit", unit).isGreaterThan(expected - 0.01);
    }
  }
}
