package io.millrace.model.kernel;

import io.millrace.kernel.Kernels;
import io.millrace.kernel.RowKernels;
import java.util.Arrays;

/**
 * Factorization machine of order 2 (Rendle, ICDM 2010, eq. 1 and lemma 3.1). A field vector is C
 * chunks of W values, each chunk {@code [w, v]} with a linear weight and W - 1 factors, so that a
 * row has the same layout in whichever chunk it is used:
 *
 * <pre>
 *   logit = bias + sum_f sum_c w[f,c] + 1/2 sum_{c,k} ((sum_f v[f,c,k])² - sum_f v[f,c,k]²)
 * </pre>
 *
 * One dense tensor, {@code bias} [1].
 *
 * @param fields F
 * @param dim D = C * W
 * @param chunk W, at least 2; divides D
 */
public record FactorizationMachine(int fields, int dim, int chunk) implements BiasModel {
  public FactorizationMachine {
    BiasModel.requireFields(fields);
    if (chunk < 2 || dim < 1 || dim % chunk != 0) {
      throw new IllegalArgumentException(
          "dim, chunk: " + dim + ", " + chunk + ", expected chunk >= 2 and a divisor of dim");
    }
  }

  @Override
  public Workspace newWorkspace() {
    return new Scratch();
  }

  /** Room for so many values and a vector that goes beyond the last of them. */
  private static int padded(int n) {
    return n + Kernels.PAD;
  }

  private final class Scratch extends BiasWorkspace {
    private final RowKernels kernels = RowKernels.best();
    private float[] x = new float[0]; // [B, F, D] of the last forward
    private float[] sums = new float[0]; // [B, D] sum over fields, of the last forward
    private final float[] sum = new float[padded(dim)];
    private final float[] squares = new float[padded(dim)];
    private final float[] sharedSum = new float[dim];
    private final float[] sharedSquares = new float[dim];

    @Override
    void predict(float bias, float[] x, int batch, float[] logits) {
      for (int b = 0; b < batch; b++) {
        logits[b] = bias + score(x, b);
      }
    }

    @Override
    void predict(float bias, float[] x, boolean[] shared, int batch, float[] logits) {
      Arrays.fill(sum, 0f);
      Arrays.fill(squares, 0f);
      for (int f = 0; f < fields; f++) {
        if (shared[f]) {
          kernels.addSums(1, dim, x, f * dim, sum, squares);
        }
      }
      System.arraycopy(sum, 0, sharedSum, 0, dim);
      System.arraycopy(squares, 0, sharedSquares, 0, dim);
      for (int b = 0; b < batch; b++) {
        System.arraycopy(sharedSum, 0, sum, 0, dim);
        System.arraycopy(sharedSquares, 0, squares, 0, dim);
        for (int f = 0; f < fields; f++) {
          if (!shared[f]) {
            kernels.addSums(1, dim, x, (b * fields + f) * dim, sum, squares);
          }
        }
        logits[b] = bias + score();
      }
    }

    @Override
    void forward(float bias, float[] x, int batch, float[] logits) {
      int n = batch * fields * dim;
      if (this.x.length < padded(n)) {
        this.x = new float[padded(n)];
        this.sums = new float[padded(batch * dim)];
      }
      System.arraycopy(x, 0, this.x, 0, n);
      for (int b = 0; b < batch; b++) {
        logits[b] = bias + score(x, b);
        System.arraycopy(sum, 0, sums, b * dim, dim);
      }
    }

    /** Logit of example b without the bias; leaves the sum over fields in {@link #sum}. */
    private float score(float[] x, int b) {
      Arrays.fill(sum, 0f);
      Arrays.fill(squares, 0f);
      kernels.addSums(fields, dim, x, b * fields * dim, sum, squares);
      return score();
    }

    /** The logit without the bias, of what was summed. */
    private float score() {
      float linear = 0;
      float pairs = 0;
      for (int c = 0; c < dim; c += chunk) {
        linear += sum[c];
        for (int i = c + 1; i < c + chunk; i++) {
          pairs += sum[i] * sum[i] - squares[i];
        }
      }
      return linear + 0.5f * pairs;
    }

    @Override
    float gradients(float[] dLogits, int batch, float[] dx) {
      float total = 0;
      for (int b = 0; b < batch; b++) {
        float d = dLogits[b];
        total += d;
        int from = b * fields * dim;
        kernels.differences(fields, dim, d, sums, b * dim, x, from, dx);
        for (int c = from; c < from + fields * dim; c += chunk) {
          dx[c] = d;
        }
      }
      return total;
    }
  }
}
