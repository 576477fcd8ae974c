package io.millrace.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.CtrModel;
import io.millrace.model.Tensors;
import org.junit.jupiter.api.Test;

class FactorizationMachineTest extends PlainModelContract {
  @Override
  CtrModel model(int fields) {
    return new FactorizationMachine(fields, 12, 4);
  }

  /** Every pair of fields, one by one. */
  @Override
  double logit(CtrModel model, float bias, float[] x, int from) {
    double sum = bias;
    for (int f = 0; f < model.fields(); f++) {
      int a = from + f * 12;
      sum += x[a] + x[a + 4] + x[a + 8];
      for (int g = f + 1; g < model.fields(); g++) {
        int b = from + g * 12;
        for (int i = 0; i < 12; i++) {
          sum += i % 4 == 0 ? 0 : (double) x[a + i] * x[b + i];
        }
      }
    }
    return sum;
  }

  @Test
  void aPairScoresItsInnerProduct() {
    FactorizationMachine model = new FactorizationMachine(2, 3, 3);
    float[] logits = new float[1];
    float[] x = {1, 2, 3, 10, 5, 7};
    model.newWorkspace().infer(Tensors.zeros(model.tensors()), x, 1, logits);
    assertThat(logits[0]).isEqualTo(1 + 10 + 2 * 5 + 3 * 7);
  }

  @Test
  void refusesChunksThatDoNotFit() {
    assertThatThrownBy(() -> new FactorizationMachine(2, 8, 3)).hasMessageContaining("8, 3");
    assertThatThrownBy(() -> new FactorizationMachine(2, 8, 1)).hasMessageContaining("8, 1");
    assertThatThrownBy(() -> new FactorizationMachine(0, 8, 8)).hasMessageContaining("fields: 0");
  }
}
