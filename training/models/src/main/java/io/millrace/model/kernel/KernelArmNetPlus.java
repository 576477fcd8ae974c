package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelMlp;
import io.millrace.model.layer.KernelNet;
import io.millrace.model.layer.KernelPass;

/** {@link ArmNetPlusConfig} by kernels. */
final class KernelArmNetPlus implements KernelNet {
  private final int fields;
  private final int half;
  private final KernelArmNet arm;
  private final KernelMlp dnn;
  private final int weight;
  private final int bias;
  private final Matrix logits = new Matrix(Columns.of(1));
  private final Matrix dCrossed = new Matrix(Columns.of(1));
  private final Matrix dDeep = new Matrix(Columns.of(1));
  private final Matrix dx;
  private float[] first = new float[0];
  private float[] second = new float[0];
  private float[][] weights = new float[0][];
  private Matrix crossed = logits;
  private Matrix deep = logits;

  KernelArmNetPlus(ArmNetPlusConfig config, int fields, int dim, TensorNumbers numbers) {
    this.fields = fields;
    this.half = dim / 2;
    this.arm = new KernelArmNet(config.arm(), fields, half, numbers);
    this.dnn = new KernelMlp(config.dnn(), "dnn.", fields * half, numbers);
    this.weight = numbers.of("ensemble.weight");
    this.bias = numbers.of("ensemble.bias");
    this.dx = new Matrix(Columns.grouped(2 * fields, half));
  }

  @Override
  public void load(float[][] all) {
    weights = all;
    arm.load(all);
    dnn.load(all);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    int rows = pass.batch() * fields;
    if (first.length < rows * half) {
      first = new float[rows * half];
      second = new float[rows * half];
    }
    for (int r = 0; r < rows; r++) {
      int at = from + r * 2 * half;
      System.arraycopy(x, at, first, r * half, half);
      System.arraycopy(x, at + half, second, r * half, half);
    }
    crossed = arm.forward(pass, first, 0);
    deep = dnn.forward(pass, second, 0);
    logits.rows(pass.batch());
    float[] w = weights[weight];
    for (int b = 0; b < pass.batch(); b++) {
      int at = b * logits.stride();
      logits.values()[at] =
          w[0] * crossed.values()[at] + w[1] * deep.values()[at] + weights[bias][0];
    }
    return logits;
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    int batch = pass.batch();
    float[] w = weights[weight];
    float[] dWeight = gradients[weight];
    dWeight[0] = 0;
    dWeight[1] = 0;
    gradients[bias][0] = 0;
    dCrossed.rows(batch);
    dDeep.rows(batch);
    for (int b = 0; b < batch; b++) {
      int at = b * dLogits.stride();
      float d = dLogits.values()[at];
      dWeight[0] += d * crossed.values()[at];
      dWeight[1] += d * deep.values()[at];
      gradients[bias][0] += d;
      dCrossed.values()[at] = w[0] * d;
      dDeep.values()[at] = w[1] * d;
    }
    dx.rows(batch);
    interleave(arm.backward(pass, dCrossed, gradients), 0);
    interleave(dnn.backward(pass, dDeep, gradients), 1);
    return dx;
  }

  /** Puts the field vectors' first or second halves in their places. */
  private void interleave(Matrix halves, int which) {
    halves.store(first, 0);
    int padded = dx.columns().padded();
    for (int r = 0; r < dx.rows() * fields; r++) {
      System.arraycopy(first, r * half, dx.values(), (2 * r + which) * padded, half);
    }
  }
}
