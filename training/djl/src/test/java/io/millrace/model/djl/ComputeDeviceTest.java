package io.millrace.model.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.model.Architecture;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.ComputeDevice;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.Tensors;
import io.millrace.model.TestTensors;
import org.junit.jupiter.api.Test;

class ComputeDeviceTest {
  @Test
  void readsWhatItWrites() {
    assertThat(ComputeDevice.parse("cpu")).isEqualTo(ComputeDevice.CPU).hasToString("cpu");
    assertThat(new ComputeDevice(3)).hasToString("gpu:3");
    assertThat(ComputeDevice.parse("auto").isGpu()).isEqualTo(DjlTorch.gpus() > 0);
  }

  @Test
  void saysWhatItCannotTake() {
    assertThatThrownBy(() -> ComputeDevice.parse("cuda"))
        .hasMessage("device: \"cuda\", expected auto, cpu, gpu or gpu:N");
    assertThatThrownBy(() -> ComputeDevice.parse("gpu:999"))
        .hasMessageStartingWith("device: gpu:999, but PyTorch (for ")
        .hasMessageContaining("sees");
  }

  /** Where there is a GPU, every deep model learns there what it learns on the CPU. */
  @Test
  void aModelComputesTheSameOnAGpu() {
    assumeTrue(DjlTorch.gpus() > 0, "skipped: no GPU that PyTorch can use");
    for (Architecture architecture :
        new Architecture[] {
          AutoIntPlusConfig.streaming(),
          ArmNetPlusConfig.streaming(),
          DcnV2Config.streaming(),
          DeepFmConfig.streaming(),
          FinalMlpConfig.streaming()
        }) {
      DjlModel cpu = (DjlModel) DjlModel.of(architecture, 5, 8, 8);
      Tensors weights = TestTensors.weights(cpu, 1);
      float[] x = TestTensors.random(7 * 40, 2);
      float[] dLogits = TestTensors.random(7, 3);
      float[][] logits = new float[2][7];
      float[][] dx = new float[2][x.length];
      Tensors[] gradients = {Tensors.zeros(cpu.tensors()), Tensors.zeros(cpu.tensors())};
      DjlModel[] models = {cpu, cpu.on(new ComputeDevice(0))};
      for (int m = 0; m < 2; m++) {
        try (DjlWorkspace workspace = models[m].newWorkspace()) {
          workspace.forward(weights, x, 7, 4, logits[m]);
          workspace.backward(dLogits, dx[m], gradients[m]);
        }
      }
      assertThat(logits[1]).containsExactly(logits[0], within(1e-4f));
      assertThat(dx[1]).containsExactly(dx[0], within(1e-4f));
      for (int t = 0; t < weights.values().length; t++) {
        assertThat(gradients[1].values()[t])
            .as(cpu.tensors().get(t).name())
            .containsExactly(gradients[0].values()[t], within(1e-3f));
      }
    }
  }
}
