package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlatformConfigTest {
  @Test
  void aLiveStreamTakesNoCalibration() {
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
    ModelConfig model =
        ModelConfig.defaults(ModelKind.LR, "clicks", schema)
            .with("{\"calibration\":{\"method\":\"isotonic\"}}");
    assertThatThrownBy(() -> PlatformConfig.live(0, List.of(schema), List.of(model)))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "model clicks: calibration.method: isotonic, expected none for a live stream: a map"
                + " would be fitted on labels that are still to change (docs/guides/labels.md)");
  }

  @Test
  void aModelPredictsWhatIsJoined() {
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
    ModelConfig model =
        ModelConfig.defaults(ModelKind.LR, "sales", schema).with("{\"outcome\":\"sale\"}");
    assertThatThrownBy(() -> PlatformConfig.live(0, List.of(schema), List.of(model)))
        .isInstanceOf(UserError.class)
        .hasMessage("model sales: outcome: sale, expected one that is joined: click");
  }
}
