package io.millrace.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.calibration.CalibrationMap;
import io.millrace.feature.FeatureRecords;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.Sigmoid;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.registry.InMemorySchemaRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PredictorTest {
  private static final ModelConfig PLAIN =
      ModelConfig.defaults(ModelKind.FM, "clicks", ServedFixture.SCHEMA);
  private static final ModelConfig CALIBRATED =
      PLAIN.with("{\"calibration\":{\"method\":\"platt\"}}");

  private static float score(ModelConfig config, ModelSnapshot snapshot) {
    return score(config, snapshot, "2", new long[1]);
  }

  private static float score(
      ModelConfig config, ModelSnapshot snapshot, String price, long[] encodingHashes) {
    try (CompiledModel compiled = CompiledModel.of(config, ServedFixture.SCHEMA);
        Scratch scratch = Scratch.of(compiled, new InMemorySchemaRegistry())) {
      float[] probabilities = new float[1];
      var record =
          FeatureRecords.fromStrings(
              ServedFixture.SCHEMA,
              Map.of(
                  "impression_id",
                  "i",
                  "event_time",
                  "1",
                  "user_id",
                  "u1",
                  "ad_id",
                  "a1",
                  "price",
                  price));
      Predictor.of(compiled, snapshot)
          .score(List.of(record), scratch, probabilities, encodingHashes, Deadline.NONE);
      return probabilities[0];
    }
  }

  /** And what it says about the encoding is as before, as a learner finds it again. */
  @Test
  void numbersAreTakenAtTheVersionsScale() {
    ModelSnapshot plain = ServedFixture.version(PLAIN, 3, ServedFixture.SCHEMA);
    Map<String, float[]> tensors = new HashMap<>(plain.tensors());
    float[] scales = {1, 1, 1, 40, 1}; // the fourth is the price
    tensors.put(Learner.NUMERIC_SCALES, scales);
    ModelSnapshot scaled =
        new ModelSnapshot("clicks", 3, plain.manifest(), plain.table(), tensors, 3);
    String tenfold = String.valueOf(Math.expm1(10 * Math.log1p(2)));
    long[] hash = new long[1];
    long[] tenfoldHash = new long[1];
    float expected = score(PLAIN, plain, "2", hash);
    // divided by 40 / 4
    assertThat(score(PLAIN, scaled, tenfold, tenfoldHash)).isCloseTo(expected, within(1e-5f));
    assertThat(score(PLAIN, plain, tenfold, new long[1])).isNotCloseTo(expected, within(1e-3f));
    assertThat(tenfoldHash).isNotEqualTo(hash);
    long[] plainHash = new long[1];
    ModelConfig none = PLAIN.with("{\"numericScaling\":{\"method\":\"none\"}}");
    score(none, plain, tenfold, plainHash);
    assertThat(tenfoldHash).isEqualTo(plainHash);
    tensors.remove(Learner.NUMERIC_SCALES);
    ModelSnapshot without =
        new ModelSnapshot("clicks", 3, plain.manifest(), plain.table(), tensors, 3);
    assertThatThrownBy(() -> score(PLAIN, without))
        .hasMessageContaining("tensor numeric-scales of model clicks, version 3: missing");
    assertThat(score(none, without)).isEqualTo(expected);
  }

  @Test
  void answersPassThroughTheVersionsCalibration() {
    ModelSnapshot plain = ServedFixture.version(PLAIN, 3, ServedFixture.SCHEMA);
    float raw = score(PLAIN, plain);
    Map<String, float[]> tensors = new HashMap<>(plain.tensors());
    float[] knots = {-1, -3, 0, 0.5f, 4, 5};
    tensors.put(CalibrationMap.TENSOR, knots);
    ModelSnapshot calibrated =
        new ModelSnapshot("clicks", 3, plain.manifest(), plain.table(), tensors, 3);

    double expected = CalibrationMap.through(knots).apply(Sigmoid.inverse(raw));
    assertThat((double) score(CALIBRATED, calibrated))
        .isCloseTo(Sigmoid.of(expected), within(1e-5))
        .isNotCloseTo(raw, within(1e-2));
    // a model without calibration has no use for one that an earlier definition left behind
    assertThat(score(PLAIN, calibrated)).isEqualTo(raw);
    assertThatThrownBy(() -> score(CALIBRATED, plain))
        .hasMessageContaining("tensor calibration of model clicks, version 3: missing");
  }
}
