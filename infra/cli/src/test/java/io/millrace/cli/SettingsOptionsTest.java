package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.learner.Compute;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.Engine;
import io.millrace.offline.EvaluateSettings;
import io.millrace.offline.TrainSettings;
import io.millrace.replay.ReplaySettings;
import io.millrace.serving.http.ServerSettings;
import io.millrace.settings.SettingsException;
import io.millrace.standalone.LogConfig;
import io.millrace.standalone.RegistrySettings;
import io.millrace.standalone.UpSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Each command's options, as settings. */
class SettingsOptionsTest {
  private static final FeatureSchema SCHEMA = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
  private static final ServerSettings SERVER = ServerSettings.defaults(1L << 30, 2);

  @TempDir private Path folder;

  private static SettingsOptions parsed(Object command, String... args) {
    CommandLine line = new CommandLine(command);
    line.parseArgs(args);
    return (SettingsOptions)
        line.getCommandSpec().mixins().values().stream()
            .map(mixin -> mixin.userObject())
            .filter(SettingsOptions.class::isInstance)
            .findFirst()
            .orElseThrow();
  }

  private static UpSettings up(String... args) {
    return parsed(new UpCommand(), args).read(UpSettings.defaults(SERVER), Map.of());
  }

  private static ReplaySettings replay(String... args) {
    return parsed(new ReplayCommand(), args).read(ReplaySettings.DEFAULT, Map.of());
  }

  private static TrainSettings train(String... args) {
    return parsed(new TrainCommand(), args).read(TrainSettings.DEFAULT, Map.of());
  }

  private static void refused(ThrowingCallable reading, String message) {
    assertThatThrownBy(reading).isInstanceOf(SettingsException.class).hasMessage(message);
  }

  private static ModelConfig learned(ReplaySettings settings) {
    return new StreamModels(
            settings.model(), settings.from(), new Compute(settings.engine(), "cpu"))
        .model(SCHEMA)
        .config();
  }

  @Test
  void everyCommandThatComputesTakesAnEngine() {
    assertThat(replay().engine()).isEqualTo(Engine.KERNELS);
    assertThat(replay("--engine", "djl", "f").compute()).isEqualTo(new Compute(Engine.DJL, "auto"));
    assertThat(up("--engine=djl", "--device", "cpu").platform().compute())
        .isEqualTo(new Compute(Engine.DJL, "cpu"));
    assertThat(train("--engine", "djl").engine()).isEqualTo(Engine.DJL);
    assertThat(
            parsed(new DemoCommand(), "--engine", "djl")
                .read(DemoSettings.defaults(SERVER), Map.of())
                .engine())
        .isEqualTo(Engine.DJL);
    assertThat(
            parsed(new EvaluateCommand(), "--engine", "djl", "f")
                .read(EvaluateSettings.DEFAULT, Map.of())
                .engine())
        .isEqualTo(Engine.DJL);
    refused(
        () -> up("--engine", "kernel"),
        "--engine: kernel, expected one of kernels, djl, did you mean 'kernels'?");
    refused(() -> up("--device", "cuda"), "--device: \"cuda\", expected auto, cpu, gpu or gpu:N");
  }

  @Test
  void optionsStandOverVariablesAndTheseOverTheFile() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("up.yaml"),
            """
            schema: shop.avsc
            server: {port: 1, impressionWait: 300ms, limits: {bodyBytes: 2 MiB}}
            model: {kind: fm, dim: 8, stepSize: 2}
            """);
    UpSettings settings =
        parsed(
                new UpCommand(),
                "--config",
                file.toString(),
                "--port",
                "3",
                "--set",
                "model.seed=5",
                "--set",
                "{\"stepSize\":8}")
            .read(
                UpSettings.defaults(SERVER),
                Map.of(
                    "MILLRACE_SERVER_PORT",
                    "2",
                    "MILLRACE_SERVER_WARM_UP",
                    "3s",
                    "MILLRACE_MODEL_STEP_SIZE",
                    "4",
                    "MILLRACE_HEAP",
                    "1g"));
    assertThat(settings.schema()).contains(Path.of("shop.avsc"));
    assertThat(settings.server().port()).isEqualTo(3);
    assertThat(settings.server().warmUp()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.server().impressionWait()).isEqualTo(Duration.ofMillis(300));
    assertThat(settings.server().limits().bodyBytes()).isEqualTo(2 << 20);
    ModelConfig model =
        new StreamModels(settings.model(), settings.from(), new Compute(Engine.KERNELS, "cpu"))
            .liveModel(null, SCHEMA)
            .config();
    assertThat(model)
        .isEqualTo(
            ModelConfig.defaults(ModelKind.FM, "fm", SCHEMA)
                .with("{\"prior\":0.03,\"dim\":8,\"stepSize\":8,\"seed\":5}"));
  }

  @Test
  void theSameKindByTheSameWordsWhereverAModelLearns() {
    assertThat(replay().model().chosenKind()).isEqualTo(ModelKind.DEEPFM);
    assertThat(train().model().chosenKind()).isEqualTo(ModelKind.DEEPFM);
    assertThat(replay("--model", "armnet+").model().defaultName()).isEqualTo("armnet-plus");
    assertThat(train("--set", "model.kind=mlp").model().chosenKind()).isEqualTo(ModelKind.MLP);
    assertThat(train("--set", "model.architecture={kind: mlp}").model().chosenKind())
        .isEqualTo(ModelKind.MLP);
    assertThat(train("--seed", "7").training().seed()).isEqualTo(7);
    assertThat(learned(replay("--set", "{\"seed\":7}")).seed()).isEqualTo(7);
    refused(
        () -> train("--model", "depfm"),
        "--model: depfm, expected one of " + kinds() + ", did you mean 'deepfm'?");
  }

  @Test
  void aWrongSettingOfTheModelIsNamedWithTheNearest() {
    refused(
        () -> replay("--set", "{\"stepsize\":8}"),
        "--set: model.stepsize is unknown, did you mean 'stepSize'?");
    refused(
        () -> replay("--set", "stepSize=8"),
        "--set: stepSize is unknown, did you mean 'model.stepSize'?");
    refused(() -> replay("--set", "fast"), "--set fast: expected KEY=VALUE, as model.dim=17");
    refused(
        () -> replay("--set", "{\"stepSize\":8"),
        "--set: not YAML: expected ',' or '}', but got <stream end>");
    refused(
        () -> learned(replay("--set", "model.dim=wide")),
        "--set: model.dim: wide, expected a whole number");
    refused(
        () -> learned(replay("--set", "model.stepSize=1.5")),
        "--set: model.stepSize: 1.5, expected a whole number");
    refused(
        () -> learned(replay("--set", "model.prior=1")),
        "--set: model.prior: 1.0, expected between 0 and 1");
    refused(
        () -> learned(replay("--set", "model.rowOptimizer={lerningRate: 1}")),
        "--set: model.rowOptimizer.lerningRate: unknown, did you mean 'learningRate'?");
    refused(
        () -> learned(replay("--set", "model.rowOptimizer={rule: adan}")),
        "--set: model.rowOptimizer: rule \"adan\" is unknown, did you mean 'adam'?");
    refused(
        () -> learned(replay("--set", "model.rowOptimizer={rule: adam, learningRate: 1}")),
        "--set: model.rowOptimizer.beta1: no value, expected a number");
    refused(
        () -> learned(replay("--set", "model.experts=3")),
        "--set: model.experts: a value of another form, expected a list");
    refused(
        () -> learned(replay("--set", "model.calibration={method: plat}")),
        "--set: model.calibration.method: plat, expected one of none, platt, temperature,"
            + " isotonic");
    refused(
        () -> train("--set", "model.architecture.kind=mpl").model().chosenKind(),
        "--set: model.architecture.kind: kind \"mpl\" is unknown, did you mean 'mlp'?; there are "
            + kinds());
  }

  private static String kinds() {
    return Arrays.stream(ModelKind.values())
        .map(ModelKind::toString)
        .collect(Collectors.joining(", "));
  }

  @Test
  void clicksAreJoinedAndWhateverElseIsNamed() {
    assertThat(up().labels().rules())
        .containsExactly(OutcomeRule.click(Duration.ofMinutes(1), Duration.ofMinutes(10)));
    assertThat(
            up("--attribution-window", "90", "--outcome", "cart=30m", "--outcome", "sale=7d")
                .labels()
                .rules())
        .containsExactly(
            OutcomeRule.click(Duration.ofSeconds(90), Duration.ofMinutes(15)),
            new OutcomeRule("cart", Duration.ofMinutes(30), Duration.ofHours(1)),
            new OutcomeRule("sale", Duration.ofDays(7), Duration.ofHours(1)));
  }

  @Test
  void whatIsNoOutcomeIsNamed() {
    refused(
        () -> up("--outcome", "sale=week"),
        "--outcome sale=week: week, expected a whole number with a unit, as 250ms, 90s, 10m, 12h"
            + " or 7d");
    refused(() -> up("--outcome", "sale"), "--outcome sale: expected NAME=WINDOW, as sale=7d");
    refused(
        () -> up("--outcome", "sale=1d", "--outcome", "sale=2d"),
        "--outcome sale=2d: given before, expected each once");
    refused(
        () -> up("--outcome", "sale=90d"),
        "--outcome sale=90d: window of sale: 90d, expected at most 60 days");
    assertThatThrownBy(() -> up("--outcome", "Sale=7d"))
        .hasMessageStartingWith(
            "--outcome Sale=7d: outcome: \"Sale\", expected 1 to 32 letters a to z");
    refused(
        () -> up("--outcome", "click=7d"),
        "--outcome click=7d: clicks are joined anyway, expected attributionWindow for their"
            + " window");
    refused(
        () -> up("--attribution-window", "0"),
        "--attribution-window: 0s, expected a positive duration");
  }

  @Test
  void subjectsThatAreWatchedAreAList() {
    assertThat(up("--set", "server.subjects=[\"{record}\",\"team-{record}\"]").server().subjects())
        .containsExactly("{record}", "team-{record}");
    assertThatThrownBy(() -> up("--set", "server.subjects=[\"{recrod}\"]"))
        .hasMessageContaining("subjects: \"{recrod}\", expected the name of a subject");
  }

  @Test
  void withoutOptionsABrokerIsStartedOnTheRememberedPort() {
    assertThat(up().kafka()).isEqualTo(LogConfig.EMBEDDED);
    assertThat(up("--retention", "12h", "--accept-lost-events").kafka())
        .isEqualTo(new LogConfig(null, Optional.empty(), 0, 1, Duration.ofHours(12), true));
    refused(
        () -> up("--retention", "12"),
        "--retention: 12, expected a whole number with a unit, as 250ms, 90s, 10m, 12h or 7d");
    refused(() -> up("--retention", "0s"), "--retention: 0s, expected at least a second");
    assertThatThrownBy(() -> up("--bootstrap", "kafka:9092", "--kafka-port", "9092"))
        .hasMessageContaining("--kafka-port")
        .hasMessageEndingWith("9092, kafka:9092, expected one of them");
    refused(
        () -> up("--kafka-port", "70000"),
        "--kafka-port: 70000, expected 0 (the remembered one) to 65535");
  }

  @Test
  void theRegistryHasTheSameWords() {
    RegistrySettings settings =
        parsed(new RegistryCommand(), "--port", "0", "--bootstrap", "k:1", "--max-body-bytes=1 MiB")
            .read(RegistrySettings.DEFAULT, Map.of("MILLRACE_REGISTRY_HOST", "0.0.0.0"));
    assertThat(settings.registry().host()).isEqualTo("0.0.0.0");
    assertThat(settings.registry().port()).isZero();
    assertThat(settings.registry().maxBodyBytes()).isEqualTo(1 << 20);
    assertThat(settings.kafka().bootstrap()).isEqualTo(Optional.of("k:1"));
    refused(
        () ->
            parsed(new RegistryCommand(), "--tls-key", "k.pem")
                .read(RegistrySettings.DEFAULT, Map.of()),
        "--tls-key: k.pem, expected tlsCertificate and tlsKey, both or none");
  }
}
