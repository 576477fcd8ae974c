package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Engine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EngineOptionTest {
  @AfterEach
  void unset() {
    System.clearProperty("millrace.engine");
  }

  private static void parse(Object command, String... args) {
    new CommandLine(command).parseArgs(args);
  }

  @Test
  void everyCommandThatComputesTakesAnEngine() {
    assertThat(Engine.chosen()).isEqualTo(Engine.KERNELS);
    parse(new ReplayCommand(), "--format", "csv", "--engine", "djl", "f");
    assertThat(Engine.chosen()).isEqualTo(Engine.DJL);
    parse(new DemoCommand(), "--engine", "kernels");
    assertThat(Engine.chosen()).isEqualTo(Engine.KERNELS);
    parse(new UpCommand(), "--schema", "s", "--engine=djl");
    assertThat(Engine.chosen()).isEqualTo(Engine.DJL);
    parse(new TrainCommand(), "--format", "csv", "--train=t", "--valid=v", "--engine", "kernels");
    assertThat(Engine.chosen()).isEqualTo(Engine.KERNELS);
  }

  @Test
  void anyOtherEngineIsNamed() {
    assertThatThrownBy(() -> parse(new DemoCommand(), "--engine", "kernel"))
        .hasStackTraceContaining("--engine: \"kernel\", expected kernels or djl");
  }
}
