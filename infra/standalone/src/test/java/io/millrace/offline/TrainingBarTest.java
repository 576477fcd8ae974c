package io.millrace.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.metrics.Metrics;
import io.millrace.trainer.Epoch;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TrainingBarTest {
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

  private static PrintStream to(ByteArrayOutputStream out) {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  @Test
  void anEpochIsALineAndNothingOnTheTerminal() {
    Epoch epoch =
        new Epoch(
            3,
            Epoch.Targets.CALIBRATED,
            0.5,
            0.2 * 0.2,
            new Metrics(0, 0, .25, .25, .25, .25, .25, .25, .25, .25),
            true,
            12_345.6);
    try (TrainingBar bar = new TrainingBar(to(lines), to(terminal))) {
      bar.epoch(epoch);
    }
    assertThat(lines.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "epoch   3  loss 0.5000  valid AUC 0.25000 logloss 0.2500 ECE 0.2500  rate x0.04"
                + "  12,346 examples/s  calibrated targets  best");
    assertThat(terminal.size()).isZero();
  }

  @Test
  void eachPassHasABarOfItsOwn() {
    try (TrainingBar bar = new TrainingBar(to(lines), to(terminal))) {
      bar.done("epoch 1", 10, 10);
      bar.done("valid 1", 4, 8);
    }
    assertThat(terminal.toString(StandardCharsets.UTF_8)).contains("epoch 1", "valid 1", "4/8");
    assertThat(lines.size()).isZero();
  }

  @Test
  void withoutATerminalThereIsNoBar() {
    try (TrainingBar bar = new TrainingBar(to(lines), null)) {
      bar.done("epoch 1", 5, 10);
    }
    assertThat(lines.size()).isZero();
  }
}
