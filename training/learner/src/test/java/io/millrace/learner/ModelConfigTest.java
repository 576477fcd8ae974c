package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.calibration.CalibrationConfig;
import io.millrace.embedding.scheme.HashConfig;
import io.millrace.embedding.scheme.QuotientRemainderConfig;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.ComputeDevice;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.optimizer.Adagrad;
import io.millrace.optimizer.Adam;
import io.millrace.optimizer.Ftrl;
import io.millrace.optimizer.Optimizer;
import io.millrace.optimizer.RowWiseAdagrad;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelConfigTest {
  private static final FeatureSchema SCHEMA = TestSchemas.categoricals(8);
  private static final CalibrationConfig CALIBRATION =
      new CalibrationConfig(CalibrationConfig.Method.ISOTONIC, 30, 4);
  private static final ModelConfig LR = ModelConfig.defaults(ModelKind.LR, "clicks-lr", SCHEMA);

  @Test
  void keysAndDefaultsArePinned() {
    assertThat(LR.toJson())
        .isEqualTo(
            "{\"name\":\"clicks-lr\",\"subject\":\"test.Subject\","
                + "\"rows\":4096,\"dim\":1,\"stepSize\":1,\"seed\":42,\"initScale\":0.0,"
                + "\"rowOptimizer\":{\"rule\":\"adagrad\",\"learningRate\":0.5,"
                + "\"epsilon\":1.0E-8,\"initialAccumulator\":0.1},"
                + "\"denseOptimizer\":{\"rule\":\"adagrad\",\"learningRate\":0.1,"
                + "\"epsilon\":1.0E-8,\"initialAccumulator\":0.001},"
                + "\"experts\":[{\"rate\":1.0,\"linearRate\":1.0}],\"mixer\":false,"
                + "\"embedding\":{\"scheme\":\"unified\"},"
                + "\"calibration\":{\"method\":\"none\","
                + "\"window\":50000,\"every\":2000},"
                + "\"numericScaling\":{\"method\":\"running\",\"above\":4.0,\"bound\":4.0,"
                + "\"memory\":10000},\"prior\":0.5,\"outcome\":\"click\",\"architecture\":{\"kind\":\"lr\"}}");
    for (ModelKind kind : ModelKind.values()) {
      assertThat(ModelConfig.defaults(kind, "m", SCHEMA).numericScaling())
          .isEqualTo(NumericScaling.running());
    }
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "fm", TestSchemas.categoricals(39));
    assertThat(fm.toJson())
        .contains("\"dim\":8,\"stepSize\":1")
        .contains("\"initScale\":0.01")
        .contains(
            "\"experts\":[{\"rate\":0.3,\"linearRate\":1.0},{\"rate\":1.0,\"linearRate\":2.0},{\"rate\":3.0,\"linearRate\":2.0}],\"mixer\":true,")
        .contains("\"learningRate\":0.020512821");
  }

  /** A fixed multiple, and nothing else: a GPU's config is a CPU's in longer steps. */
  @Test
  void onAGpuNetworksLearnInLongerSteps() {
    ComputeDevice gpu = new ComputeDevice(0);
    for (ModelKind kind : ModelKind.values()) {
      ModelConfig cpu = ModelConfig.defaults(kind, "m", SCHEMA);
      assertThat(ModelConfig.defaults(kind, "m", SCHEMA, ComputeDevice.CPU)).isEqualTo(cpu);
      boolean plain = kind == ModelKind.LR || kind == ModelKind.FM;
      assertThat(ModelConfig.defaults(kind, "m", SCHEMA, gpu))
          .isEqualTo(plain ? cpu : cpu.with("{\"stepSize\":256}"));
    }
  }

  /** Of each kind, what {@code toJson} says of its architecture. */
  @Test
  void architecturesArePinned() {
    String autoint =
        "\"layers\":2,\"heads\":2,\"headDim\":8,\"scaled\":true,\"layerNorm\":true,"
            + "\"residual\":true,\"activatedProjections\":false,\"fieldEmbedding\":true,"
            + "\"wide\":true,\"attentionDropout\":0.0";
    String armnet =
        "\"heads\":1,\"neurons\":10,\"alpha\":1.5,\"learnedAlpha\":false,\"batchNorm\":false,"
            + "\"fieldEmbedding\":true,\"hidden\":"
            + "{\"widths\":[32],\"batchNorm\":false,\"dropout\":0.0}";
    String layers = "{\"widths\":[64,32],\"batchNorm\":false,\"dropout\":0.0}";
    assertArchitecture("lr", "{\"kind\":\"lr\"}");
    assertArchitecture("fm", "{\"kind\":\"fm\"}");
    assertArchitecture("autoint", "{\"kind\":\"autoint\"," + autoint + "}");
    assertArchitecture(
        "autoint+",
        "{\"kind\":\"autoint+\",\"attention\":{" + autoint + "},\"dnn\":" + layers + "}");
    assertArchitecture("armnet", "{\"kind\":\"armnet\"," + armnet + "}");
    assertArchitecture(
        "armnet+", "{\"kind\":\"armnet+\",\"arm\":{" + armnet + "},\"dnn\":" + layers + "}");
    assertArchitecture("mlp", "{\"kind\":\"mlp\",\"hidden\":" + layers + "}");
    assertArchitecture("deepfm", "{\"kind\":\"deepfm\",\"hidden\":" + layers + "}");
    assertArchitecture(
        "dcnv2",
        "{\"kind\":\"dcnv2\",\"crossLayers\":2,\"stacked\":false,\"hidden\":" + layers + "}");
    assertArchitecture(
        "finalmlp",
        "{\"kind\":\"finalmlp\",\"first\":%s,\"second\":%s,\"heads\":4,\"gateUnits\":0,"
                .formatted(layers, layers)
            + "\"firstContext\":[],\"secondContext\":[]}");
  }

  private static void assertArchitecture(String kind, String json) {
    ModelConfig config = ModelConfig.defaults(ModelKind.named(kind), "m", SCHEMA);
    assertThat(config.toJson()).endsWith(",\"architecture\":" + json + "}");
    assertThat(config.kind()).hasToString(kind);
  }

  @Test
  void architecturesAreOverriddenKeyByKeyToAnyDepth() {
    ModelConfig plus = ModelConfig.defaults(ModelKind.ARMNET_PLUS, "m", SCHEMA);
    ModelConfig changed =
        plus.with("{\"architecture\":{\"arm\":{\"alpha\":2,\"hidden\":{\"widths\":[8,4]}}}}");
    ArmNetPlusConfig before = (ArmNetPlusConfig) plus.architecture();
    ArmNetPlusConfig after = (ArmNetPlusConfig) changed.architecture();
    assertThat(after.arm().alpha()).isEqualTo(2);
    assertThat(after.arm().hidden().widths()).containsExactly(8, 4);
    assertThat(after.arm().neurons()).isEqualTo(before.arm().neurons());
    assertThat(after.dnn()).isEqualTo(before.dnn());
    assertThat(
            plus.with(
                    "{\"architecture\":{\"kind\":\"mlp\",\"hidden\":"
                        + "{\"widths\":[3],\"batchNorm\":false,\"dropout\":0}}}")
                .architecture())
        .isEqualTo(new MlpConfig(HiddenLayers.plain(3)));
    assertThatThrownBy(() -> plus.with("{\"architecture\":{\"arm\":{\"alpa\":2}}}"))
        .hasMessageContaining("\"alpa\" is unknown, did you mean 'alpha'?");
    assertThatThrownBy(() -> plus.with("{\"dim\":7}"))
        .hasMessageContaining("dim: 7, expected an even number for kind armnet+");
    assertThatThrownBy(() -> ModelKind.named("auto")).hasMessageStartingWith("kind \"auto\"");
    assertThatThrownBy(() -> ModelKind.named("armnet-"))
        .hasMessageStartingWith("kind \"armnet-\" is unknown, did you mean 'armnet");
  }

  @Test
  void everyKindAndOptimizerSurvivesTheRoundTrip() {
    for (ModelKind kind : ModelKind.values()) {
      ModelConfig config = ModelConfig.defaults(kind, "m", SCHEMA);
      assertThat(ModelConfig.fromJson(config.toJson())).isEqualTo(config);
    }
    for (Optimizer optimizer :
        new Optimizer[] {
          new RowWiseAdagrad(0.1f, 0, 0.5f), Adam.withLearningRate(0.2f), new Ftrl(1, 2, 3, 4, 5)
        }) {
      ModelConfig config =
          new ModelConfig(
              "m",
              "s",
              16,
              4,
              7,
              -1,
              0.5f,
              optimizer,
              optimizer,
              List.of(new Expert(2, 1), new Expert(0.5f, 3)),
              true,
              new QuotientRemainderConfig(9),
              CALIBRATION,
              new NumericScaling(NumericScaling.Method.NONE, 2, 3, 5),
              0.25,
              "conversion",
              ModelKind.FM.streaming());
      assertThat(ModelConfig.fromJson(config.toJson())).isEqualTo(config);
    }
  }

  /** What has learned says no prior any more. */
  @Test
  void thePriorIsThatOfANewModelOnly() {
    ModelConfig lr = ModelConfig.defaults(ModelKind.LR, "m", SCHEMA);
    ModelConfig live = lr.with("{\"prior\":0.03}");
    assertThat(live.differenceFrom(lr.toJson())).isEmpty();
    assertThat(ModelConfig.fromJson(lr.toJson().replace("\"prior\":0.5,", ""))).isEqualTo(lr);
    assertThatThrownBy(() -> lr.with("{\"prior\":1}"))
        .hasMessageContaining("prior: 1.0, expected between 0 and 1");
  }

  @Test
  void whatWasStoredWithoutAnOutcomePredictsClicks() {
    ModelConfig lr = ModelConfig.defaults(ModelKind.LR, "m", SCHEMA);
    String before = lr.toJson().replace("\"outcome\":\"click\",", "");
    assertThat(ModelConfig.fromJson(before)).isEqualTo(lr);
    assertThat(lr.with("{\"outcome\":\"conversion\"}").differenceFrom(before))
        .contains(new ModelConfig.Difference("outcome", "\"click\"", "\"conversion\""));
    assertThatThrownBy(() -> lr.with("{\"outcome\":\"Kauf!\"}"))
        .hasMessageContaining("outcome: \"Kauf!\", expected 1 to 32 letters a to z");
  }

  /** As configs were stored before there was a mixer: what they learned goes on without one. */
  @Test
  void aConfigThatDoesNotSayHasNoMixer() {
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "m", SCHEMA);
    String stored = fm.toJson().replace("\"mixer\":true,", "");
    assertThat(ModelConfig.fromJson(stored)).isEqualTo(fm.with("{\"mixer\":false}"));
    assertThat(fm.differenceFrom(stored))
        .get()
        .hasToString("Difference[setting=mixer, stored=false, given=true]");
    ModelConfig lr = ModelConfig.defaults(ModelKind.LR, "m", SCHEMA);
    assertThat(lr.differenceFrom(lr.toJson().replace("\"mixer\":false,", ""))).isEmpty();
  }

  /** As configs were stored before numbers were scaled: what they learned goes on without. */
  @Test
  void aConfigThatDoesNotSayTakesNumbersAsTheyAre() {
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "m", SCHEMA);
    String stored = fm.toJson().replaceFirst("\"numericScaling\":\\{[^}]*},", "");
    assertThat(stored).doesNotContain("numericScaling");
    ModelConfig read = ModelConfig.fromJson(stored);
    assertThat(read.numericScaling()).isEqualTo(NumericScaling.none());
    assertThat(read).isEqualTo(fm.with("{\"numericScaling\":{\"method\":\"none\"}}"));
    assertThat(fm.differenceFrom(stored))
        .get()
        .hasToString(
            "Difference[setting=numericScaling.method, stored=\"none\", given=\"running\"]");
    assertThat(fm.withoutExperts().numericScaling().scales()).isFalse();
  }

  /** As configs were stored before there were other schemes. */
  @Test
  void aConfigThatDoesNotSayIsUnified() {
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "m", SCHEMA);
    String stored = fm.toJson().replace("\"embedding\":{\"scheme\":\"unified\"},", "");
    assertThat(stored).doesNotContain("embedding");
    assertThat(ModelConfig.fromJson(stored)).isEqualTo(fm);
    assertThat(fm.stateDifferenceFrom(stored)).isEmpty();
    ModelConfig qr = fm.with("{\"embedding\":{\"scheme\":\"qr\",\"ids\":100}}");
    assertThat(qr.stateDifferenceFrom(stored))
        .contains(new ModelConfig.Difference("embedding.scheme", "\"unified\"", "\"qr\""));
    assertThat(qr.with("{\"embedding\":{\"ids\":90}}").stateDifferenceFrom(qr.toJson()))
        .contains(new ModelConfig.Difference("embedding.ids", "100", "90"));
  }

  @Test
  void settingsOfEmbeddingsAreChecked() {
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "m", SCHEMA);
    ModelConfig mlp = ModelConfig.defaults(ModelKind.MLP, "m", SCHEMA);
    assertThat(mlp.with("{\"embedding\":{\"scheme\":\"hash\"}}").embedding())
        .isEqualTo(new HashConfig(Map.of()));
    assertThat(
            mlp.with("{\"embedding\":{\"scheme\":\"hash\",\"shares\":{\"f2\":2,\"f1\":3}}}")
                .toJson())
        .contains("\"embedding\":{\"scheme\":\"hash\",\"shares\":{\"f1\":3.0,\"f2\":2.0}}");
    assertThat(fm.with("{\"embedding\":{\"scheme\":\"hash\"}}").takesNewFields()).isFalse();
    assertThat(fm.with("{\"embedding\":{\"scheme\":\"qr\",\"ids\":9}}").takesNewFields()).isTrue();
    assertThatThrownBy(() -> mlp.with("{\"embedding\":{\"scheme\":\"robo\"}}"))
        .hasMessage(
            "model config: embedding scheme \"robo\" is unknown, did you mean 'robe'?;"
                + " there are unified, hash, qr, narrow, mde, robe, tt, dhe");
    assertThatThrownBy(() -> mlp.with("{\"embedding\":{\"scheme\":\"qr\"}}"))
        .hasMessage("model config: embedding.ids: no value, expected a whole number");
    assertThatThrownBy(() -> mlp.with("{\"embedding\":{\"scheme\":\"qr\",\"ids\":0}}"))
        .hasMessageContaining("embedding.ids: 0, expected 1 to 1099511627776");
    assertThatThrownBy(() -> fm.with("{\"embedding\":{\"scheme\":\"narrow\",\"width\":2}}"))
        .hasMessageContaining("embedding.scheme: narrow with 3 experts, expected a single one");
    assertThatThrownBy(() -> mlp.with("{\"embedding\":{\"scheme\":\"narrow\",\"width\":8}}"))
        .hasMessageContaining("embedding.width: 8, expected less than dim: 8 with scheme narrow");
    assertThatThrownBy(
            () ->
                mlp.with(
                    "{\"initScale\":0,\"embedding\":{\"scheme\":\"tt\",\"ids\":9,\"rank\":2}}"))
        .hasMessageContaining("initScale: 0.0, expected above 0 with scheme tt");
    assertThatThrownBy(() -> mlp.with("{\"embedding\":null}"))
        .hasMessageContaining("embedding: none, expected an object with a scheme");
    assertThatThrownBy(
            () -> mlp.with("{\"embedding\":{\"scheme\":\"hash\",\"shares\":{\"f1\":0}}}"))
        .hasMessageContaining("embedding.shares.f1: 0.0, expected a finite number above 0");
  }

  @Test
  void settingsOfScalingAreChecked() {
    assertThatThrownBy(() -> LR.with("{\"numericScaling\":{\"above\":0.5}}"))
        .hasMessageContaining("numericScaling.above: 0.5, expected 1 to 1e6");
    assertThatThrownBy(() -> LR.with("{\"numericScaling\":{\"bound\":1}}"))
        .hasMessageContaining("numericScaling.bound: 1.0, expected above 1, at most 1e6");
    assertThatThrownBy(() -> LR.with("{\"numericScaling\":{\"memory\":0}}"))
        .hasMessageContaining("numericScaling.memory: 0, expected 1 to 2^24 numbers");
    assertThatThrownBy(() -> LR.with("{\"numericScaling\":{\"boud\":3}}"))
        .hasMessageContaining("\"boud\" is unknown, did you mean 'bound'?");
    assertThatThrownBy(() -> LR.with("{\"numericScaling\":{\"method\":\"runing\"}}"))
        .hasMessageContaining("runing");
    assertThatThrownBy(() -> LR.with("{\"numericScaling\":{\"method\":null}}"))
        .hasMessageContaining("numericScaling.method: null, expected none or running");
  }

  /** As every config was stored before there were experts. */
  @Test
  void aConfigWithoutExpertsHasAPlainOne() {
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "m", SCHEMA);
    assertThat(fm.experts()).hasSize(3);
    String stored = fm.toJson().replaceFirst("\"experts\":\\[[^]]*],\"mixer\":true,", "");
    assertThat(stored).doesNotContain("experts");
    assertThat(ModelConfig.fromJson(stored))
        .isEqualTo(fm.withoutExperts().with("{\"numericScaling\":{\"method\":\"running\"}}"));
    assertThat(fm.differenceFrom(stored))
        .get()
        .hasToString(
            "Difference[setting=experts, stored=[{\"rate\":1.0,\"linearRate\":1.0}], given=[{\"rate\":0.3,\"linearRate\":1.0},{\"rate\":1.0,\"linearRate\":2.0},{\"rate\":3.0,\"linearRate\":2.0}]]");
    assertThatThrownBy(() -> fm.with("{\"experts\":[]}"))
        .hasMessageContaining("experts: 0, expected 1 to 8");
    assertThatThrownBy(() -> fm.with("{\"experts\":[{\"rate\":0,\"linearRate\":1}]}"))
        .hasMessageContaining("experts.rate: 0.0, expected above 0");
    assertThatThrownBy(() -> fm.with("{\"experts\":[{\"rate\":1,\"linearRate\":1,\"rte\":1}]}"))
        .hasMessageContaining("\"rte\" is unknown, did you mean 'rate'");
  }

  @Test
  void anExpertMayHaveAnArchitectureOfItsOwn() {
    ModelConfig deep = ModelConfig.defaults(ModelKind.DEEPFM, "m", SCHEMA);
    assertThat(deep.toJson())
        .contains(
            "\"experts\":[{\"rate\":0.3,\"linearRate\":1.0,\"architecture\":{\"kind\":\"fm\"}},"
                + "{\"rate\":1.0,\"linearRate\":1.0},"
                + "{\"rate\":3.0,\"linearRate\":2.0,\"architecture\":{\"kind\":\"fm\"}}]")
        .contains("\"learningRate\":0.1,\"epsilon\":1.0E-8,\"initialAccumulator\":0.05}")
        .contains("\"learningRate\":0.02,\"epsilon\":1.0E-8,\"initialAccumulator\":0.01}");
    assertThat(deep.architectures())
        .containsExactly(
            new FactorizationMachineConfig(),
            deep.architecture(),
            new FactorizationMachineConfig());
    assertThat(deep.takesNewFields()).isTrue();
    assertThat(deep.differenceFrom(deep.toJson())).isEmpty();
    assertThatThrownBy(
            () ->
                deep.with(
                    "{\"experts\":[{\"rate\":1,\"linearRate\":1,\"architecture\":{\"kind\":\"mlp\","
                        + "\"hidden\":{\"widths\":[3],\"batchNorm\":false,\"dropout\":0}}}]}"))
        .hasMessageContaining(
            "experts.architecture: kind mlp with 0 linear weights in a row, expected 1 as of kind deepfm");
    assertThatThrownBy(
            () ->
                deep.with(
                    "{\"experts\":[{\"rate\":1,\"linearRate\":1,\"architecture\":{\"kind\":\"fn\"}}]}"))
        .hasMessageContaining("kind \"fn\" is unknown, did you mean 'fm'?");
  }

  /** As every config was stored before there was calibration. */
  @Test
  void aConfigWithoutCalibrationHasNone() {
    ModelConfig changed = LR.with("{\"calibration\":{\"method\":\"platt\"}}");
    String stored = LR.toJson().replaceFirst("\"calibration\":\\{[^}]*},", "");
    assertThat(stored).doesNotContain("calibration");

    assertThat(ModelConfig.fromJson(stored)).isEqualTo(LR);
    assertThat(LR.differenceFrom(stored)).isEmpty();
    assertThat(changed.differenceFrom(stored).orElseThrow())
        .isEqualTo(new ModelConfig.Difference("calibration.method", "\"none\"", "\"platt\""));
    assertThat(changed.calibration().window()).isEqualTo(50_000);
    assertThatThrownBy(() -> LR.with("{\"calibration\":{\"method\":\"plat\"}}"))
        .hasMessage(
            "model config: calibration.method: plat,"
                + " expected one of none, platt, temperature, isotonic");
    assertThatThrownBy(() -> LR.with("{\"dim\":\"wide\"}"))
        .hasMessage("model config: dim: wide, expected a whole number");
    assertThatThrownBy(() -> LR.with("{\"calibration\":{\"windows\":1}}"))
        .hasMessageContaining("did you mean 'window'?");
    assertThatThrownBy(() -> LR.with("{\"calibration\":{\"window\":0}}"))
        .hasMessageContaining("calibration.window: 0, expected 1 to 2^20 examples");
  }

  @Test
  void overridesReplaceSingleKeys() {
    ModelConfig config = LR.with("{\"stepSize\": 64, \"name\": \"b\"}");
    assertThat(config.stepSize()).isEqualTo(64);
    assertThat(config.name()).isEqualTo("b");
    assertThat(config.rowOptimizer()).isEqualTo(LR.rowOptimizer());
    assertThat(LR.with("{\"rowOptimizer\":{\"learningRate\":0.25}}").rowOptimizer())
        .isEqualTo(new Adagrad(0.25f, 1e-8f, 0.1f));
    assertThat(
            LR.with(
                    "{\"rowOptimizer\":{\"rule\":\"row_wise_adagrad\",\"learningRate\":1,"
                        + "\"epsilon\":0,\"initialAccumulator\":2}}")
                .rowOptimizer())
        .isEqualTo(new RowWiseAdagrad(1, 0, 2));
    assertThatThrownBy(() -> LR.with("[1]")).hasMessageContaining("expected a JSON object");
  }

  @Test
  void anUnknownKeyNamesTheNearestOne() {
    assertThatThrownBy(() -> LR.with("{\"stepsize\": 64}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"stepsize\" is unknown, did you mean 'stepSize'?");
    assertThatThrownBy(() -> LR.with("{\"rowOptimizer\":{\"learnRate\":1}}"))
        .hasMessageContaining("did you mean 'learningRate'?");
  }

  @Test
  void missingMistypedAndAbsurdValuesAreNamed() {
    assertThatThrownBy(() -> ModelConfig.fromJson("{\"name\":\"m\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("subject");
    assertThatThrownBy(() -> LR.with("{\"stepSize\":\"many\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("many");
    assertThatThrownBy(() -> LR.with("{\"stepSize\":0}"))
        .hasMessage("model config: stepSize: 0, expected 1 to 2^20");
    assertThatThrownBy(() -> LR.with("{\"dim\":4}"))
        .hasMessage("model config: dim: 4, expected 1 for kind lr");
    assertThatThrownBy(() -> LR.with("{\"architecture\":null}"))
        .hasMessageContaining("architecture: none");
    assertThatThrownBy(() -> LR.with("{\"architecture\":{\"kind\":\"mlp\"}}"))
        .hasMessageContaining("hidden");
    assertThatThrownBy(() -> LR.with("{\"name\":\"a b\"}")).hasMessageContaining("\"a b\"");
    assertThatThrownBy(() -> LR.with("{\"architecture\":{\"kind\":\"autoin\"}}"))
        .hasMessageStartingWith(
            "model config: kind \"autoin\" is unknown, did you mean 'autoint'?; there are lr, fm,");
    assertThatThrownBy(() -> LR.with("{\"rowOptimizer\":{\"rule\":\"sgd\"}}"))
        .hasMessageContaining("sgd");
    assertThatThrownBy(() -> LR.with("{\"name\":null}"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ModelConfig.fromJson("{"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
