package io.millrace.embedding.scheme;

import io.millrace.bits.SplitMix64;
import io.millrace.embedding.ComposedScheme;
import io.millrace.embedding.DenseTensor;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.RowGradients;
import java.util.ArrayList;
import java.util.List;

/**
 * A perceptron over hashes; see {@link DeepHashConfig}. Hash i of a token is {@code mix64(token + i
 * * golden)}, unsigned, as a number in [-1, 1). Each hidden layer is linear, normalised over its
 * units, scaled and shifted, then Mish, {@code x tanh(ln(1 + e^x))}; the last layer is linear.
 *
 * <p>The paper normalises over the batch. Here it is over the units of a layer (Ba et al., 2016),
 * so that a token's vector does not depend on the batch, and is the same in training and on a
 * server.
 *
 * <p>Tensors: of hidden layer l {@code weight<l>} [in, w], {@code bias<l>}, {@code scale<l>} and
 * {@code shift<l>} [w]; then {@code weight<L>} [w, D] and {@code bias<L>} [D]. The table is left
 * with a single row, which no token touches.
 */
final class DeepHash implements ComposedScheme {
  private static final float EPSILON = 1e-5f;
  private static final int PER_LAYER = 4; // tensors

  /** Standard deviation of vectors at the start, about that of plain rows. */
  private static final float INITIAL = 0.01f;

  private final int fields;
  private final int dim;
  private final int hashes;
  private final int width;
  private final int layers;

  DeepHash(int fields, int dim, DeepHashConfig config) {
    this.fields = fields;
    this.dim = dim;
    this.hashes = config.hashes();
    this.width = config.width();
    this.layers = config.layers();
  }

  @Override
  public int fields() {
    return fields;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public long rows() {
    return 1;
  }

  @Override
  public int rowWidth() {
    return 1;
  }

  @Override
  public InitialRows initialRows(long seed, float scale, int linearColumns, int copies) {
    return new InitialRows(seed, 0, 0);
  }

  @Override
  public List<DenseTensor> tensors() {
    List<DenseTensor> all = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      int in = in(l);
      all.add(new DenseTensor("weight" + l, new int[] {in, width}, 0, (float) Math.sqrt(3.0 / in)));
      all.add(new DenseTensor("bias" + l, new int[] {width}, 0, 0));
      all.add(new DenseTensor("scale" + l, new int[] {width}, 1, 0));
      all.add(new DenseTensor("shift" + l, new int[] {width}, 0, 0));
    }
    float bound = INITIAL * (float) Math.sqrt(3.0 / width);
    all.add(new DenseTensor("weight" + layers, new int[] {width, dim}, 0, bound));
    all.add(new DenseTensor("bias" + layers, new int[] {dim}, 0, 0));
    return List.copyOf(all);
  }

  private int in(int layer) {
    return layer == 0 ? hashes : width;
  }

  @Override
  public int rowsOf(int field) {
    return 0;
  }

  @Override
  public long row(int field, long token, int i) {
    throw new IndexOutOfBoundsException("row " + i + " of a token, expected none to be asked for");
  }

  @Override
  public TokenFunction newFunction() {
    return new Perceptron();
  }

  private final class Perceptron implements TokenFunction {
    private final float[][] inputs = new float[layers + 1][]; // of each layer, then of the last
    private final float[][] normal = new float[layers][width]; // units over their spread
    private final float[] spreads = new float[layers]; // 1 / standard deviation
    private final float[] units = new float[width];
    private final float[] d = new float[Math.max(hashes, width)];
    private final float[] dNormal = new float[width];

    Perceptron() {
      for (int l = 0; l <= layers; l++) {
        inputs[l] = new float[in(l)];
      }
    }

    @Override
    public void compose(
        int field, long token, EmbeddingTable table, float[][] tensors, float[] out, int at) {
      hidden(token, tensors);
      linear(inputs[layers], tensors[layers * PER_LAYER], tensors[layers * PER_LAYER + 1], out, at);
    }

    private void hidden(long token, float[][] tensors) {
      for (int i = 0; i < hashes; i++) {
        long hash = SplitMix64.mix(token + i * SplitMix64.GOLDEN);
        inputs[0][i] = (hash >>> 40) * 0x1p-23f - 1;
      }
      for (int l = 0; l < layers; l++) {
        int t = l * PER_LAYER;
        linear(inputs[l], tensors[t], tensors[t + 1], units, 0);
        normalise(l);
        for (int j = 0; j < width; j++) {
          inputs[l + 1][j] = mish(normal[l][j] * tensors[t + 2][j] + tensors[t + 3][j]);
        }
      }
    }

    private static void linear(float[] in, float[] weight, float[] bias, float[] out, int at) {
      int n = bias.length;
      System.arraycopy(bias, 0, out, at, n);
      for (int i = 0, from = 0; i < in.length; i++, from += n) {
        float value = in[i];
        for (int j = 0; j < n; j++) {
          out[at + j] += value * weight[from + j];
        }
      }
    }

    private void normalise(int l) {
      double sum = 0;
      double squares = 0;
      for (float unit : units) {
        sum += unit;
        squares += (double) unit * unit;
      }
      double mean = sum / width;
      double variance = Math.max(0, squares / width - mean * mean);
      spreads[l] = (float) (1 / Math.sqrt(variance + EPSILON));
      for (int j = 0; j < width; j++) {
        normal[l][j] = (float) (units[j] - mean) * spreads[l];
      }
    }

    @Override
    public void backward(
        int field,
        long token,
        EmbeddingTable table,
        float[][] tensors,
        float[] dOut,
        int at,
        RowGradients rows,
        float[][] gradients) {
      hidden(token, tensors);
      int last = layers * PER_LAYER;
      backward(inputs[layers], tensors[last], dOut, at, dim, gradients[last], gradients[last + 1]);
      for (int l = layers - 1; l >= 0; l--) {
        int t = l * PER_LAYER;
        throughMish(l, tensors, gradients);
        throughNorm(l);
        backward(inputs[l], tensors[t], dNormal, 0, width, gradients[t], gradients[t + 1]);
      }
    }

    /** Leaves the gradient with respect to a layer's input in {@code d}. */
    private void backward(
        float[] in, float[] weight, float[] dy, int at, int n, float[] dWeight, float[] dBias) {
      for (int j = 0; j < n; j++) {
        dBias[j] += dy[at + j];
      }
      for (int i = 0, from = 0; i < in.length; i++, from += n) {
        float value = in[i];
        float sum = 0;
        for (int j = 0; j < n; j++) {
          dWeight[from + j] += value * dy[at + j];
          sum += weight[from + j] * dy[at + j];
        }
        d[i] = sum;
      }
    }

    private void throughMish(int l, float[][] tensors, float[][] gradients) {
      int t = l * PER_LAYER;
      for (int j = 0; j < width; j++) {
        float scale = tensors[t + 2][j];
        float slope = slope(normal[l][j] * scale + tensors[t + 3][j]) * d[j];
        gradients[t + 2][j] += slope * normal[l][j];
        gradients[t + 3][j] += slope;
        dNormal[j] = slope * scale;
      }
    }

    /** {@code du = spread (dn − mean(dn) − n mean(dn n))}. */
    private void throughNorm(int l) {
      double sum = 0;
      double along = 0;
      for (int j = 0; j < width; j++) {
        sum += dNormal[j];
        along += (double) dNormal[j] * normal[l][j];
      }
      float mean = (float) (sum / width);
      float share = (float) (along / width);
      for (int j = 0; j < width; j++) {
        dNormal[j] = spreads[l] * (dNormal[j] - mean - normal[l][j] * share);
      }
    }
  }

  private static float mish(float x) {
    return (float) (x * Math.tanh(Math.log1p(Math.exp(Math.min(x, 30)))));
  }

  private static float slope(float x) {
    double bounded = Math.min(x, 30);
    double tanh = Math.tanh(Math.log1p(Math.exp(bounded)));
    return (float) (tanh + x * (1 - tanh * tanh) / (1 + Math.exp(-bounded)));
  }
}
