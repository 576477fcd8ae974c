package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link DjlMlp} by kernels: hidden layers from padded rows to padded rows. */
final class KernelHidden {
  private final Kernels kernels = Kernels.best();
  private final List<Layer> layers = new ArrayList<>();
  private final Columns columns;
  private final float dropout;
  private float kept = 1;

  /** A layer, with what it gave last. */
  private static final class Layer {
    final KernelLinear linear;
    final @Nullable KernelBatchNorm norm;
    final KernelDropout dropout = new KernelDropout();
    Matrix out = new Matrix(Columns.of(1));

    Layer(KernelLinear linear, @Nullable KernelBatchNorm norm) {
      this.linear = linear;
      this.norm = norm;
    }
  }

  KernelHidden(HiddenLayers hidden, String prefix, Columns in, TensorNumbers numbers) {
    Columns from = in;
    for (int l = 0; l < hidden.widths().size(); l++) {
      String name = prefix + "hidden" + l + ".";
      Columns to = Columns.of(hidden.widths().get(l));
      KernelLinear linear =
          new KernelLinear(from, to, numbers.of(name + "weight"), numbers.of(name + "bias"));
      KernelBatchNorm norm =
          hidden.batchNorm() ? new KernelBatchNorm(name + "norm.", to, numbers) : null;
      layers.add(new Layer(linear, norm));
      from = to;
    }
    this.columns = from;
    this.dropout = hidden.dropout();
  }

  /** How the last layer's rows lie. */
  Columns columns() {
    return columns;
  }

  void load(float[][] weights) {
    for (Layer layer : layers) {
      layer.linear.load(weights);
      if (layer.norm != null) {
        layer.norm.load(weights);
      }
    }
  }

  /**
   * @param rows [B, in]; must not change until the backward pass
   * @return [B, width]
   */
  Matrix forward(KernelPass pass, Matrix rows) {
    return forward(pass, rows, null);
  }

  /**
   * The same from rows that are the fields' values.
   *
   * @param shared which fields are equal in all rows, or null
   */
  Matrix forward(KernelPass pass, Matrix rows, boolean @Nullable [] shared) {
    boolean drops = pass.dropsOut(dropout);
    kept = drops ? 1 / (1 - dropout) : 1;
    Matrix a = rows;
    for (Layer layer : layers) {
      a = a == rows ? layer.linear.forward(a, shared) : layer.linear.forward(a);
      if (layer.norm != null) {
        layer.norm.forward(pass, a);
      }
      kernels.relu(a.values(), 0, a.rows() * a.stride());
      if (drops) {
        layer.dropout.apply(pass, dropout, a);
      }
      layer.out = a;
    }
    return a;
  }

  /**
   * @param dOut [B, width], overwritten
   * @return [B, in]
   */
  Matrix backward(Matrix dOut, float[][] gradients) {
    Matrix d = dOut;
    for (int l = layers.size() - 1; l >= 0; l--) {
      Layer layer = layers.get(l);
      kernels.reluBackward(layer.out.values(), 0, d.values(), 0, d.rows() * d.stride(), kept);
      if (layer.norm != null) {
        layer.norm.backward(d, gradients);
      }
      d = layer.linear.backward(d, gradients);
    }
    return d;
  }
}
