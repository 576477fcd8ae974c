package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.Sigmoid;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.Entmax;
import java.util.Arrays;

/**
 * The gates of an ARM-Net: scores of each field for each neuron, and α-entmax over the fields. A
 * fixed α up to 2 goes by kernels, any other by {@link Entmax}, gate by gate.
 *
 * <p>Shapes: G = K · o neurons.
 */
final class KernelArmGates {
  private static final int OFF = -1;

  /** Room for gates that are computed together: half of a second-level cache. */
  private static final int WORK = 1 << 16;

  private static final double MIN = ArmNetConfig.MIN_LEARNED_ALPHA;
  private static final double MAX = ArmNetConfig.MAX_LEARNED_ALPHA;

  private final Kernels kernels = Kernels.best();
  private final ArmNetConfig config;
  private final int fields;
  private final int total;
  private final Columns in;
  private final int bilinear;
  private final int query;
  private final int alpha;
  private final float scale;
  private final float[] keys; // [D, G]
  private final float[] turnedKeys; // [G, D]
  private final float[] dKeys; // [D, G]
  private final float[] zeros;
  private final double[] alphas; // [K]
  private final double[] dAlphas;
  private final Entmax entmax;
  private final float[] work;
  private final Matrix gates;
  private float[][] weights = new float[0][];
  private Matrix vectors;

  /**
   * @param in how field vectors lie
   */
  KernelArmGates(ArmNetConfig config, int fields, Columns in, TensorNumbers numbers) {
    this.config = config;
    this.fields = fields;
    this.in = in;
    this.total = config.totalNeurons();
    this.bilinear = numbers.of("bilinear");
    this.query = numbers.of("query");
    this.alpha = config.learnedAlpha() ? numbers.of("alpha") : OFF;
    this.scale = (float) (1 / Math.sqrt(in.count()));
    this.gates = new Matrix(Columns.grouped(1, total));
    int stride = gates.stride();
    this.keys = new float[in.width() * stride];
    this.turnedKeys = new float[stride * in.stride()];
    this.dKeys = new float[in.width() * stride];
    this.zeros = new float[Math.max(stride, in.width())];
    this.alphas = new double[config.heads()];
    this.dAlphas = new double[config.heads()];
    this.entmax = new Entmax(fields);
    this.work = new float[Math.max(WORK, (fields + 3) * stride)];
    this.vectors = gates;
  }

  void load(float[][] all) {
    weights = all;
    Arrays.fill(keys, 0);
    int dim = in.count();
    for (int g = 0; g < total; g++) {
      int head = g / config.neurons() * dim * dim;
      for (int r = 0; r < dim; r++) {
        float q = scale * all[query][g * dim + r];
        for (int c = 0; c < dim; c++) {
          keys[c * gates.stride() + g] += q * all[bilinear][head + r * dim + c];
        }
      }
    }
    Arrays.fill(alphas, config.alpha());
    if (alpha != OFF) {
      for (int k = 0; k < alphas.length; k++) {
        double learned = 1 + Math.log1p(Math.exp(all[alpha][k]));
        alphas[k] = Math.min(Math.max(learned, MIN), MAX);
      }
    }
  }

  /** Whether the kernels know this α. */
  private boolean byKernels() {
    return alpha == OFF && config.alpha() <= 2;
  }

  /**
   * @param e field vectors [B·F, D]; must not change until the backward pass
   * @return gates [B·F, G]
   */
  Matrix forward(Matrix e) {
    vectors = e;
    gates.rows(e.rows());
    int stride = gates.stride();
    float[] z = gates.values();
    kernels.multiply(
        e.rows(),
        stride,
        in.count(),
        e.values(),
        0,
        e.stride(),
        1,
        keys,
        0,
        stride,
        zeros,
        0,
        0,
        z,
        0,
        stride);
    int slices = e.rows() / fields;
    if (!byKernels()) {
      for (int at = 0; at < e.rows() * stride; at += fields * stride) {
        for (int g = 0; g < total; g++) {
          entmax.forward(z, at + g, stride, alphas[g / config.neurons()], z);
        }
      }
    } else if (config.alpha() == 1) {
      kernels.softmax(z, 0, slices, fields, stride);
    } else {
      kernels.entmax(z, 0, slices, fields, stride, config.alpha(), work);
    }
    return gates;
  }

  /**
   * @param d gradient with respect to the gates [B·F, G], overwritten
   * @param de gradient with respect to the field vectors [B·F, D], added to
   */
  void backward(Matrix d, Matrix de, float[][] gradients) {
    int stride = gates.stride();
    scores(d, gradients);
    turnKeys();
    kernels.multiply(
        d.rows(),
        in.width(),
        total,
        d.values(),
        0,
        stride,
        1,
        turnedKeys,
        0,
        in.stride(),
        de.values(),
        0,
        de.stride(),
        de.values(),
        0,
        de.stride());
    kernels.multiply(
        in.count(),
        stride,
        d.rows(),
        vectors.values(),
        0,
        1,
        vectors.stride(),
        d.values(),
        0,
        stride,
        zeros,
        0,
        0,
        dKeys,
        0,
        stride);
    backwardKeys(gradients[query], gradients[bilinear]);
  }

  /** From gradients of the gates to those of their scores, in place. */
  private void scores(Matrix d, float[][] gradients) {
    int stride = gates.stride();
    float[] p = gates.values();
    float[] values = d.values();
    Arrays.fill(dAlphas, 0);
    int slices = d.rows() / fields;
    if (!byKernels()) {
      for (int at = 0; at < d.rows() * stride; at += fields * stride) {
        entmaxBackward(p, values, at, stride);
      }
    } else if (config.alpha() == 1) {
      kernels.softmaxBackward(p, 0, values, 0, slices, fields, stride);
    } else {
      kernels.entmaxBackward(p, 0, values, 0, slices, fields, stride, config.alpha(), work);
    }
    if (alpha != OFF) {
      backwardAlphas(gradients[alpha]);
    }
  }

  private void entmaxBackward(float[] p, float[] d, int at, int stride) {
    for (int g = 0; g < total; g++) {
      int head = g / config.neurons();
      if (alpha != OFF) {
        dAlphas[head] += entmax.alphaGradient(p, d, at + g, stride, alphas[head]);
      }
      entmax.backward(p, d, at + g, stride, alphas[head], d);
    }
  }

  /** Through {@code α = 1 + softplus(a)}, cut to its bounds. */
  private void backwardAlphas(float[] gradient) {
    for (int k = 0; k < alphas.length; k++) {
      boolean inside = alphas[k] > MIN && alphas[k] < MAX;
      gradient[k] = inside ? (float) (dAlphas[k] * Sigmoid.of(weights[alpha][k])) : 0;
    }
  }

  private void turnKeys() {
    for (int c = 0; c < in.count(); c++) {
      for (int g = 0; g < total; g++) {
        turnedKeys[g * in.stride() + c] = keys[c * gates.stride() + g];
      }
    }
  }

  /** From keys {@code qᵀW / √D} to q and W. */
  private void backwardKeys(float[] dQuery, float[] dBilinear) {
    int dim = in.count();
    Arrays.fill(dBilinear, 0);
    for (int g = 0; g < total; g++) {
      int head = g / config.neurons() * dim * dim;
      for (int r = 0; r < dim; r++) {
        float q = scale * weights[query][g * dim + r];
        float sum = 0;
        for (int c = 0; c < dim; c++) {
          float d = dKeys[c * gates.stride() + g];
          sum += weights[bilinear][head + r * dim + c] * d;
          dBilinear[head + r * dim + c] += q * d;
        }
        dQuery[g * dim + r] = scale * sum;
      }
    }
  }
}
