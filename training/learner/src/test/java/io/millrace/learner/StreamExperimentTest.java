package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.EncodedBatch;
import io.millrace.metrics.Metrics;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The quality of the default configs on real streams, predicting each example before learning from
 * it. One table of results is printed per data set; other settings are tried with
 *
 * <pre>
 * mvn -pl training/models -am test -Dtest=StreamExperimentTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dmillrace.experiment.fm='{"stepSize":8}'
 * </pre>
 *
 * (likewise {@code .lr} and {@code .autoint}; autoint runs only if asked for, it takes minutes).
 */
class StreamExperimentTest {

  @Test
  void movieLens() {
    StreamFile file = StreamFile.movieLens();
    Metrics lr = run(file, ModelKind.LR);
    assertThat(lr.auc()).isGreaterThan(0.86);
    assertThat(lr.logloss()).isLessThan(0.365);
    Metrics fm = run(file, ModelKind.FM);
    assertThat(fm.auc()).isGreaterThan(0.87);
    assertThat(fm.logloss()).isLessThan(0.35);
    runIfAsked(file);
  }

  @Test
  void talkingData() {
    StreamFile file = StreamFile.talkingData();
    Metrics lr = run(file, ModelKind.LR);
    assertThat(lr.auc()).isGreaterThan(0.94);
    assertThat(lr.logloss()).isLessThan(0.0095);
    Metrics fm = run(file, ModelKind.FM);
    assertThat(fm.auc()).isGreaterThan(0.945);
    assertThat(fm.logloss()).isLessThan(0.0092);
    runIfAsked(file);
  }

  /** Too few examples for 26 anonymous fields: a check against overconfidence. */
  @Test
  void criteo() {
    StreamFile file = StreamFile.criteo();
    assertThat(run(file, ModelKind.LR).normalizedEntropy()).isLessThan(0.93);
    assertThat(run(file, ModelKind.FM).normalizedEntropy()).isLessThan(0.92);
    runIfAsked(file);
  }

  private static void runIfAsked(StreamFile file) {
    if (System.getProperty("millrace.experiment.autoint") != null) {
      run(file, ModelKind.AUTOINT);
    }
  }

  private static Metrics run(StreamFile file, ModelKind kind) {
    String overrides =
        System.getProperty("millrace.experiment." + kind.name().toLowerCase(Locale.ROOT), "{}");
    ModelConfig config = ModelConfig.defaults(kind, "experiment", file.schema()).with(overrides);
    int step = config.stepSize();
    byte[] labels = new byte[step];
    float[] probabilities = new float[step];
    try (CompiledModel compiled = CompiledModel.of(config, file.schema());
        Learner learner = new Learner(compiled, Long.MAX_VALUE)) {
      EncodedBatch batch = compiled.encoder().newBatch();
      long start = System.nanoTime();
      for (int i = 0; i < file.labels().length; ) {
        batch.clear();
        for (int b = 0; b < step && i < file.labels().length; b++, i++) {
          compiled.encoder().encode(file.records().get(i), batch);
          labels[b] = file.labels()[i];
        }
        learner.learn(batch, labels, probabilities);
      }
      double seconds = (System.nanoTime() - start) * 1e-9;
      Metrics m = learner.total().metrics();
      System.out.printf(
          "%s %-7s step %d: AUC %.4f logloss %.5f NE %.4f calibration %.3f"
              + " Brier %.4f ECE %.4f MCE %.4f KS %.4f, uncalibrated AUC %.4f ECE %.4f, %,.0f examples/s %s%n",
          file.schema().avro().getName(),
          kind,
          step,
          m.auc(),
          m.logloss(),
          m.normalizedEntropy(),
          m.calibration(),
          m.brier(),
          m.ece(),
          m.mce(),
          m.ks(),
          learner.uncalibrated().auc(),
          learner.uncalibrated().metrics().ece(),
          m.examples() / seconds,
          overrides);
      return m;
    }
  }
}
