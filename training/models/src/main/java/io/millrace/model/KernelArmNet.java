package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import org.jspecify.annotations.Nullable;

/** {@link DjlArmNetGraph} by kernels: same tensors, same options. */
final class KernelArmNet implements KernelNet {
  private final int dim;
  private final KernelFieldVectors vectors;
  private final KernelArmGates gates;
  private final KernelArmNeurons neurons;
  private final @Nullable KernelBatchNorm norm;
  private final KernelMlp hidden;
  private final Matrix normed;
  private final Matrix flat;
  private final Matrix dNeurons;

  KernelArmNet(ArmNetConfig config, int fields, int dim, TensorNumbers numbers) {
    this.dim = dim;
    Columns total = Columns.grouped(1, config.totalNeurons());
    Columns all = Columns.grouped(dim, config.totalNeurons());
    this.vectors = new KernelFieldVectors(config.fieldEmbedding(), fields, dim, numbers);
    this.gates = new KernelArmGates(config, fields, vectors.columns(), numbers);
    this.neurons = new KernelArmNeurons(config, fields, vectors.columns(), numbers);
    this.norm = config.batchNorm() ? new KernelBatchNorm("neuron_norm.", total, numbers) : null;
    this.hidden = new KernelMlp(config.hidden(), "", all, numbers);
    this.normed = new Matrix(total);
    this.flat = new Matrix(all);
    this.dNeurons = new Matrix(total);
  }

  @Override
  public void load(float[][] weights) {
    vectors.load(weights);
    gates.load(weights);
    neurons.load(weights);
    if (norm != null) {
      norm.load(weights);
    }
    hidden.load(weights);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    Matrix e = vectors.forward(pass, x, from);
    Matrix y = neurons.forward(e, gates.forward(e));
    if (norm != null) {
      // the neurons' derivative needs y itself
      normed.rows(y.rows());
      System.arraycopy(y.values(), 0, normed.values(), 0, pass.batch() * dim * y.stride());
      norm.forward(pass, normed);
      y = normed;
    }
    return hidden.forward(pass, flat.share(y));
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    Matrix dy = dNeurons.share(hidden.backward(pass, dLogits, gradients));
    if (norm != null) {
      norm.backward(dy, gradients);
    }
    Matrix dGates = neurons.backward(dy, gradients);
    Matrix de = neurons.dFieldVectors();
    gates.backward(dGates, de, gradients);
    vectors.backward(de, gradients);
    return de;
  }
}
