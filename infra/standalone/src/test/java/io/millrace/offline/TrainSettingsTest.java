package io.millrace.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.settings.SettingsException;
import io.millrace.settings.SettingsReader;
import io.millrace.trainer.CapeConfig;
import io.millrace.trainer.PretrainingConfig;
import io.millrace.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainSettingsTest {
  @TempDir private Path folder;

  private TrainSettings read(String yaml) throws IOException {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, yaml);
    return new SettingsReader<>(TrainSettings.DEFAULT).file(file).read();
  }

  @Test
  void whatIsNotThereKeepsItsDefault() throws IOException {
    TrainerConfig config = read("training:\n  l2: 0.5\n  cape: {kind: bin, every: 2}\n").training();
    CapeConfig none = CapeConfig.none();

    assertThat(config.l2()).isEqualTo(0.5);
    assertThat(config.patience()).isEqualTo(2);
    assertThat(config.batchSize()).as("left to the rows").isNull();
    assertThat(config.cape())
        .isEqualTo(
            new CapeConfig(
                CapeConfig.Kind.BIN,
                none.epochs(),
                2,
                none.rate(),
                none.bins(),
                none.sigma(),
                none.window()));
    assertThat(read("model: {}\n").training()).isEqualTo(TrainerConfig.defaults());
  }

  private void refused(String yaml, String end) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(SettingsException.class)
        .hasMessageEndingWith("config.yaml line " + end);
  }

  @Test
  void anUnknownOrAbsurdSettingIsNamed() {
    refused(
        "training:\n  cape: {kind: bin, bin: 7}\n",
        "2: training.cape.bin is unknown, did you mean 'bins'?");
    refused(
        "training:\n  cape: {kind: bins}\n",
        "2: training.cape.kind: bins, expected one of none, labels, bin, kernel, did you mean"
            + " 'bin'?");
    refused("training:\n  cape: {sigma: 0}\n", "2: training.cape.sigma: 0.0, expected above 0");
    refused(
        "training:\n  batchsize: 7\n",
        "2: training.batchsize is unknown, did you mean 'batchSize'?");
    refused(
        "training: {batchSize: \"64k\"}\n", "1: training.batchSize: 64k, expected a whole number");
    refused("training:\n  epochs: 0\n", "2: training.epochs: 0, expected at least 1");
    refused(
        "pretraining:\n  method: MASKED\n",
        "2: pretraining.method: MASKED, expected one of t_jepa, masked_fields");
    refused(
        "training:\n  cape: {sigma: wide}\n", "2: training.cape.sigma: wide, expected a number");
    refused(
        "pretraining:\n  jepa: {heads: 5}\n",
        "2: pretraining.jepa.heads: 5, expected a divisor of width 32");
  }

  @Test
  void namesTheMethodOfPretraining() throws IOException {
    assertThat(read("pretraining: {method: MASKED_FIELDS, epochs: 3}\n").pretraining())
        .satisfies(
            config -> {
              assertThat(config.method()).isEqualTo(PretrainingConfig.Method.MASKED_FIELDS);
              assertThat(config.epochs()).isEqualTo(3);
            });
    assertThat(read("model: {}\n").pretraining().method())
        .isEqualTo(PretrainingConfig.Method.T_JEPA);
  }

  /** Files that were written before a process had other settings than these. */
  @Test
  void theConfigurationsThatWereMeasuredAreRead() throws IOException {
    FeatureSchema schema = BuiltInSchemas.load("libsvm-10");
    Path configs = root().resolve("training/configs/frappe");
    try (Stream<Path> files = Files.list(configs)) {
      List<Path> all = files.toList();
      assertThat(all).hasSizeGreaterThan(8);
      for (Path file : all) {
        TrainSettings settings = new SettingsReader<>(TrainSettings.DEFAULT).file(file).read();
        ModelConfig config =
            settings
                .model()
                .over(
                    ModelConfig.defaults(settings.model().chosenKind(), "m", schema)
                        .withoutExperts());
        assertThat(config.rows()).as("%s", file).isEqualTo(16_777_216);
        assertThat(config.kind()).as("%s", file).isEqualTo(settings.model().chosenKind());
      }
    }
  }

  private static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("CONTRIBUTING.md"))) {
        return at;
      }
    }
    throw new IllegalStateException("no CONTRIBUTING.md above the working directory");
  }
}
