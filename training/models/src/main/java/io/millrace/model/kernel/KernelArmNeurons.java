package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.DivergedException;
import io.millrace.model.TensorNumbers;
import java.util.Arrays;

/**
 * The exponential neurons of an ARM-Net: {@code y = exp(Σ_f gate_f · value_f · e_f)}.
 *
 * <p>Shapes: G = K · o neurons.
 */
final class KernelArmNeurons {
  private final Kernels kernels = Kernels.best();
  private final int fields;
  private final int total;
  private final Columns in;
  private final int value;
  private final float[] values; // [F, G]
  private final float[] dValues; // [F, G]
  private final float[] zeros;
  private final float[] turned; // [G, D]
  private final Matrix powers;
  private final Matrix y;
  private final Matrix dGates;
  private final Matrix dVectors;
  private Matrix vectors;
  private Matrix gates;

  /**
   * @param in how field vectors lie
   */
  KernelArmNeurons(ArmNetConfig config, int fields, Columns in, TensorNumbers numbers) {
    this.fields = fields;
    this.total = config.totalNeurons();
    this.in = in;
    this.value = numbers.of("value");
    Columns columns = Columns.grouped(1, total);
    this.powers = new Matrix(columns);
    this.y = new Matrix(columns);
    this.dGates = new Matrix(columns);
    this.dVectors = new Matrix(in);
    this.values = new float[fields * y.stride()];
    this.dValues = new float[fields * y.stride()];
    this.zeros = new float[Math.max(y.stride(), in.width())];
    this.turned = new float[total * in.width()];
    this.vectors = dVectors;
    this.gates = y;
  }

  void load(float[][] weights) {
    for (int g = 0; g < total; g++) {
      for (int f = 0; f < fields; f++) {
        values[f * y.stride() + g] = weights[value][g * fields + f];
      }
    }
  }

  /**
   * @param e field vectors [B·F, D]; must not change until the backward pass, nor may the gates
   * @param z gates [B·F, G]
   * @return [B·D, G]
   * @throws DivergedException if the model has diverged
   */
  Matrix forward(Matrix e, Matrix z) {
    vectors = e;
    gates = z;
    int batch = e.rows() / fields;
    int stride = y.stride();
    powers.rows(z.rows());
    product(z.values(), values, powers.values(), z.rows() * stride);
    y.rows(batch * in.count());
    for (int b = 0; b < batch; b++) {
      kernels.multiply(
          in.count(),
          stride,
          fields,
          e.values(),
          b * fields * e.stride(),
          1,
          e.stride(),
          powers.values(),
          b * fields * stride,
          stride,
          zeros,
          0,
          0,
          y.values(),
          b * in.count() * stride,
          stride);
    }
    int size = y.rows() * stride;
    float largest = kernels.maxMagnitude(y.values(), 0, size);
    ArmNetConfig.requireBounded(-largest, largest);
    kernels.exp(y.values(), 0, size);
    return y;
  }

  /** {@code to = a ∘ b}, b repeated as often as it takes. */
  private static void product(float[] a, float[] b, float[] to, int size) {
    for (int at = 0; at < size; at += b.length) {
      for (int j = 0; j < b.length; j++) {
        to[at + j] = a[at + j] * b[j];
      }
    }
  }

  /**
   * @param dy gradient with respect to what the neurons gave [B·D, G], overwritten
   * @return gradient with respect to the gates [B·F, G]
   */
  Matrix backward(Matrix dy, float[][] gradients) {
    int stride = y.stride();
    float[] d = dy.values();
    float[] out = y.values();
    for (int i = 0, size = y.rows() * stride; i < size; i++) {
      d[i] *= out[i];
    }
    dGates.rows(gates.rows());
    dVectors.rows(gates.rows());
    for (int b = 0, batch = gates.rows() / fields; b < batch; b++) {
      backward(b, d);
    }
    float[] dz = dGates.values();
    float[] z = gates.values();
    Arrays.fill(dValues, 0);
    for (int at = 0, size = gates.rows() * stride; at < size; at += dValues.length) {
      for (int j = 0; j < dValues.length; j++) {
        dValues[j] += dz[at + j] * z[at + j];
      }
    }
    for (int g = 0; g < total; g++) {
      for (int f = 0; f < fields; f++) {
        gradients[value][g * fields + f] = dValues[f * stride + g];
      }
    }
    product(dz, values, dz, gates.rows() * stride);
    return dGates;
  }

  /** Gradients of an example's powers and field vectors, given that of its exponents. */
  private void backward(int b, float[] d) {
    int stride = y.stride();
    int dim = in.count();
    int row = b * fields;
    int from = b * dim * stride;
    kernels.multiply(
        fields,
        stride,
        dim,
        vectors.values(),
        row * vectors.stride(),
        vectors.stride(),
        1,
        d,
        from,
        stride,
        zeros,
        0,
        0,
        dGates.values(),
        row * stride,
        stride);
    for (int c = 0; c < dim; c++) {
      for (int g = 0; g < total; g++) {
        turned[g * in.width() + c] = d[from + c * stride + g];
      }
    }
    kernels.multiply(
        fields,
        in.width(),
        total,
        powers.values(),
        row * stride,
        stride,
        1,
        turned,
        0,
        in.width(),
        zeros,
        0,
        0,
        dVectors.values(),
        row * dVectors.stride(),
        dVectors.stride());
  }

  /** Gradient with respect to the field vectors by way of the exponents [B·F, D]. */
  Matrix dFieldVectors() {
    return dVectors;
  }
}
