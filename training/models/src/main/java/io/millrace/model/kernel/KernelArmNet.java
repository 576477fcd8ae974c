package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelBatchNorm;
import io.millrace.model.layer.KernelFieldVectors;
import io.millrace.model.layer.KernelMlp;
import io.millrace.model.layer.KernelNet;
import io.millrace.model.layer.KernelPass;
import org.jspecify.annotations.Nullable;

/** {@link ArmNetConfig} by kernels: same tensors, same options. */
final class KernelArmNet implements KernelNet {
  private final int dim;
  private final Columns neuronsOfValues; // D groups of G
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
    this.neuronsOfValues = Columns.grouped(dim, config.totalNeurons());
    this.vectors = new KernelFieldVectors(config.fieldEmbedding(), fields, dim, numbers);
    this.gates = new KernelArmGates(config, fields, vectors.columns(), numbers);
    this.neurons = new KernelArmNeurons(config, fields, vectors.columns(), numbers);
    this.norm =
        config.batchNorm() ? new KernelBatchNorm("neuron_norm.", total, false, numbers) : null;
    this.hidden = new KernelMlp(config.hidden(), "", neuronsOfValues.count(), numbers);
    this.normed = new Matrix(total);
    this.flat = new Matrix(Columns.of(neuronsOfValues.count()));
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
    flat.rows(pass.batch());
    for (int b = 0; b < pass.batch(); b++) {
      int at = b * dim * y.stride();
      neuronsOfValues.compact(y.values(), at, flat.values(), b * flat.stride());
    }
    return hidden.forward(pass, flat);
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    Matrix dFlat = hidden.backward(pass, dLogits, gradients);
    Matrix dy = dNeurons.rows(pass.batch() * dim);
    for (int b = 0; b < pass.batch(); b++) {
      int at = b * dim * dy.stride();
      neuronsOfValues.pad(dFlat.values(), b * dFlat.stride(), dy.values(), at);
    }
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
