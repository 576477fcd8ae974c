package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class StartChecksTest {
  private static final ModelConfig CONFIG = TestExamples.config(ModelKind.FM, 16);

  private static void check(String storedConfig, String storedSchema) {
    StartChecks.sameModel("its checkpoint", storedConfig, storedSchema, CONFIG, "\"now\"");
  }

  @Test
  void theSameModelMayGoOn() {
    assertThatCode(() -> check(CONFIG.toJson(), "\"now\"")).doesNotThrowAnyException();
  }

  @Test
  void anotherConfigNamesTheFirstDifferenceAndWhatToDo() {
    String stored = CONFIG.with("{\"seed\":7,\"rowOptimizer\":{\"learningRate\":0.25}}").toJson();
    assertThatThrownBy(() -> check(stored, "\"now\""))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessage(
            "model fm: seed is 42, but its checkpoint was learned with 7; go back to that, or"
                + " choose another model name or another data directory");
    String nested = CONFIG.with("{\"rowOptimizer\":{\"learningRate\":0.25}}").toJson();
    assertThatThrownBy(() -> check(nested, "\"now\""))
        .cause()
        .hasMessageContaining("rowOptimizer.learningRate is 0.1, but its checkpoint")
        .hasMessageContaining("was learned with 0.25;");
  }

  @Test
  void aSettingThatOnlyOneOfThemHasIsADifference() {
    String older = CONFIG.toJson().replace("\"seed\":42,", "");
    assertThatThrownBy(() -> check(older, "\"now\""))
        .cause()
        .hasMessageContaining("seed is 42, but its checkpoint was learned with no value;");
  }

  @Test
  void anotherFeatureSchemaIsNamed() {
    assertThatThrownBy(() -> check(CONFIG.toJson(), "\"then\""))
        .cause()
        .hasMessageContaining("the feature schema is \"now\"")
        .hasMessageContaining("was learned with \"then\"")
        .hasMessageContaining("another model name");
  }
}
