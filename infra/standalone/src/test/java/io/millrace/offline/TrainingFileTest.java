package io.millrace.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.standalone.UserError;
import io.millrace.trainer.CapeConfig;
import io.millrace.trainer.PretrainingConfig;
import io.millrace.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingFileTest {
  @TempDir private Path folder;

  private TrainingFile read(String yaml) throws IOException {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, yaml);
    return TrainingFile.read(file);
  }

  @Test
  void whatIsNotThereKeepsItsDefault() throws IOException {
    TrainerConfig config = read("training:\n  l2: 0.5\n  cape: {kind: bin, every: 2}\n").training();
    CapeConfig none = CapeConfig.none();

    assertThat(config.l2()).isEqualTo(0.5);
    assertThat(config.batchSize()).isNull();
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

  @Test
  void anUnknownOrAbsurdSettingIsNamed() {
    assertThatThrownBy(() -> read("training:\n  cape: {kind: bin, bin: 7}\n"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("key 'bin'")
        .hasMessageContaining("did you mean 'bins'");
    assertThatThrownBy(() -> read("training:\n  cape: {kind: bins}\n"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("bins");
    assertThatThrownBy(() -> read("training:\n  cape: {sigma: 0}\n"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cape.sigma: 0.0, expected above 0");
    assertThatThrownBy(() -> read("training:\n  batchsize: 7\n"))
        .hasMessageContaining("did you mean 'batchSize'");
    assertThatThrownBy(() -> read("pretraining:\n  method: MASKED\n"))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith(
            ": pretraining.method: MASKED, expected one of T_JEPA, MASKED_FIELDS");
    assertThatThrownBy(() -> read("training:\n  cape: {sigma: wide}\n"))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith(": training.cape.sigma: wide, expected a value of type double");
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
}
