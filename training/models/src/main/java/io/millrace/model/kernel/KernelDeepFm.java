package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.CtrModel;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.Tensors;
import io.millrace.model.layer.KernelMlp;
import io.millrace.model.layer.KernelNet;
import io.millrace.model.layer.KernelPass;

/** {@link DeepFmConfig} by kernels: a {@link FactorizationMachine} beside a perceptron. */
final class KernelDeepFm implements KernelNet {
  private final int values;
  private final int rowWidth;
  private final CtrModel.Workspace machine;
  private final Tensors noBias;
  private final Tensors dNoBias;
  private final KernelMlp dnn;
  private final Matrix dx;
  private float[] vectors = new float[0];
  private float[] factors = new float[0];
  private float[] crossed = new float[0];

  KernelDeepFm(DeepFmConfig config, int fields, int dim, int rowWidth, TensorNumbers numbers) {
    FactorizationMachine model = new FactorizationMachine(fields, dim, rowWidth);
    this.values = fields * dim;
    this.rowWidth = rowWidth;
    this.machine = model.newWorkspace();
    this.noBias = Tensors.zeros(model.tensors());
    this.dNoBias = Tensors.zeros(model.tensors());
    int count = values / rowWidth * (rowWidth - 1);
    this.dnn = new KernelMlp(config.hidden(), "", count, numbers);
    this.dx = new Matrix(Columns.of(values));
  }

  @Override
  public void load(float[][] weights) {
    dnn.load(weights);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    int batch = pass.batch();
    int size = batch * values;
    if (vectors.length < size) {
      vectors = new float[size];
      factors = new float[size / rowWidth * (rowWidth - 1)];
      crossed = new float[batch];
    }
    System.arraycopy(x, from, vectors, 0, size);
    int width = rowWidth - 1;
    for (int r = 0; r < size / rowWidth; r++) {
      System.arraycopy(vectors, r * rowWidth + 1, factors, r * width, width);
    }
    if (pass.training()) {
      machine.forward(noBias, vectors, batch, 0, crossed);
    } else {
      machine.infer(noBias, vectors, null, pass.shared(), batch, crossed);
    }
    Matrix logits = dnn.forward(pass, factors, 0);
    for (int b = 0; b < batch; b++) {
      logits.values()[b * logits.stride()] += crossed[b];
    }
    return logits;
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    dLogits.store(crossed, 0);
    machine.backward(crossed, vectors, dNoBias);
    dnn.backward(pass, dLogits, gradients).store(factors, 0);
    int width = rowWidth - 1;
    for (int r = 0; r < pass.batch() * values / rowWidth; r++) {
      for (int i = 0; i < width; i++) {
        vectors[r * rowWidth + 1 + i] += factors[r * width + i];
      }
    }
    dx.rows(pass.batch()).load(vectors, 0);
    return dx;
  }
}
