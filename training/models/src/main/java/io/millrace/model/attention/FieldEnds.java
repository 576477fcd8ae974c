package io.millrace.model.attention;

import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.kernel.Transposition;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.TensorNumbers;

/** Ends of blocks that lie as {@link FieldColumns} says; L lanes. */
final class FieldEnds extends AutoIntEnds {
  private final Kernels kernels = Kernels.best();
  private final FieldColumns layout;
  private final int dim;

  FieldEnds(AutoIntConfig config, FieldColumns layout, int dim, TensorNumbers numbers) {
    super(config, dim, numbers, layout.lanes(), 1);
    this.layout = layout;
    this.dim = dim;
  }

  @Override
  void take(float[] x, int from, int count, float[] memory, int raw, int vectors) {
    int stride = layout.stride();
    Transposition.copy(count * layout.fields(), dim, x, from, dim, memory, raw, stride);
    if (!embedding.isOn()) {
      return;
    }
    int lanes = layout.lanes();
    for (int c = 0; c < dim; c++) {
      for (int b = 0; b < count; b++) {
        int at = c * stride + b * layout.fields();
        for (int j = 0; j < lanes; j++) {
          memory[vectors + at + j] = memory[raw + at + j] + embedding.turned()[c * lanes + j];
        }
      }
    }
  }

  @Override
  void logits(float[] memory, int e, int raw, int count, float bias, Matrix logits, int first) {
    for (int b = 0; b < count; b++) {
      float logit = bias + score(output, memory, e, b);
      if (wide.isOn()) {
        logit += score(wide, memory, raw, b);
      }
      logits.values()[(first + b) * logits.stride()] = logit;
    }
  }

  /** {@code Σ_f Σ_c w[f][c] · e[c][f]} of an example. */
  private float score(FieldTensor w, float[] memory, int from, int example) {
    float sum = 0;
    for (int c = 0; c < w.values(); c++) {
      int at = from + c * layout.stride() + example * layout.fields();
      sum += kernels.dot(layout.fields(), memory, at, w.turned(), c * layout.lanes());
    }
    return sum;
  }

  @Override
  void addOutput(Matrix dLogits, int first, int count, float[] memory, int e, int d) {
    for (int b = 0; b < count; b++) {
      addOutput(dLogits.values()[(first + b) * dLogits.stride()], b, memory, e, d);
    }
  }

  private void addOutput(float g, int example, float[] memory, int e, int d) {
    int lanes = layout.lanes();
    for (int c = 0; c < output.values(); c++) {
      int at = c * layout.stride() + example * layout.fields();
      int w = c * lanes;
      for (int j = 0; j < lanes; j++) {
        memory[d + at + j] = g * output.turned()[w + j];
        output.gradient()[w + j] += g * memory[e + at + j];
      }
    }
  }

  @Override
  void give(float[] memory, int de, int raw, Matrix dLogits, int first, int count, Matrix dx) {
    int fields = layout.fields();
    int lanes = layout.lanes();
    int stride = layout.stride();
    for (int b = 0; b < count; b++) {
      float g = dLogits.values()[(first + b) * dLogits.stride()];
      for (int c = 0; c < dim; c++) {
        int at = c * stride + b * fields;
        for (int j = 0; embedding.isOn() && j < fields; j++) {
          embedding.gradient()[c * lanes + j] += memory[de + at + j];
        }
        if (wide.isOn()) {
          for (int j = 0; j < fields; j++) {
            wide.gradient()[c * lanes + j] += g * memory[raw + at + j];
            memory[de + at + j] += g * wide.turned()[c * lanes + j];
          }
        }
      }
    }
    int to = first * fields * dx.stride();
    Transposition.copy(dim, count * fields, memory, de, stride, dx.values(), to, dx.stride());
  }
}
