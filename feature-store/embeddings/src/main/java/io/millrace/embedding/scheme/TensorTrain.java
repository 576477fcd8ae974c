package io.millrace.embedding.scheme;

import io.millrace.bits.SplitMix64;
import io.millrace.embedding.ComposedScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.RowGradients;
import java.util.Arrays;

/**
 * Three cores; see {@link TensorTrainConfig}. With n ≤ n1·n2·n3 and D = d1·d2·d3, id {@code i} has
 * the digits {@code i mod n1}, {@code i/n1 mod n2} and {@code i/n1/n2}; its matrices are G1 [d1,
 * r], G2 [r, d2, r] and G3 [r, d3], and its vector is {@code x[a,b,c] = Σ_st G1[a,s] G2[s,b,t]
 * G3[t,c]}.
 *
 * <p>A matrix is a run of adjacent rows of W values, W being the greatest common divisor of the
 * three sizes. All values start uniform so that those of x have the variance of a plain row's.
 */
final class TensorTrain implements ComposedScheme {
  private final int fields;
  private final int dim;
  private final long ids;
  private final int rank;
  private final int[] parts; // d1, d2, d3
  private final long[] digits; // n1, n2, n3
  private final int rowWidth;
  private final int[] runs = new int[3]; // rows of a matrix of each core
  private final long[] first = new long[3]; // row of each core
  private final long rows;

  TensorTrain(int fields, int dim, long ids, int rank) {
    this(fields, dim, ids, rank, parts(dim), digits(ids));
  }

  TensorTrain(int fields, int dim, long ids, int rank, int[] parts, long[] digits) {
    this.fields = fields;
    this.dim = dim;
    this.ids = ids;
    this.rank = rank;
    this.parts = parts.clone();
    this.digits = digits.clone();
    int[] sizes = {parts[0] * rank, rank * parts[1] * rank, rank * parts[2]};
    this.rowWidth = commonDivisor(sizes[0], commonDivisor(sizes[1], sizes[2]));
    long next = 0;
    for (int core = 0; core < 3; core++) {
      runs[core] = sizes[core] / rowWidth;
      first[core] = next;
      next += digits[core] * runs[core];
    }
    this.rows = next;
  }

  private static int commonDivisor(int a, int b) {
    return b == 0 ? a : commonDivisor(b, a % b);
  }

  /** d1 ≤ d2 ≤ d3, as near to each other as divisors of D can be. */
  static int[] parts(int dim) {
    int[] best = {1, 1, dim};
    for (int a = 1; a * a * a <= dim; a++) {
      for (int b = a; dim % a == 0 && a * b * b <= dim; b++) {
        int c = dim / a / b;
        if (a * b * c == dim && a + b + c < best[0] + best[1] + best[2]) {
          best = new int[] {a, b, c};
        }
      }
    }
    return best;
  }

  /** n1 = ⌈n / n2 / n3⌉, n2 = ⌈√(n / n3)⌉, n3 = ⌈∛n⌉. */
  static long[] digits(long ids) {
    long third = (long) Math.ceil(Math.cbrt(ids) - 1e-9);
    long second = (long) Math.ceil(Math.sqrt(ids / (double) third) - 1e-9);
    long product = third * second;
    return new long[] {(ids + product - 1) / product, second, third};
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
    return rows;
  }

  @Override
  public int rowWidth() {
    return rowWidth;
  }

  /**
   * {@inheritDoc} A uniform value in ±u has variance u²/3, and x is a sum of r² triple products.
   */
  @Override
  public InitialRows initialRows(long seed, float scale, int linearColumns, int copies) {
    double third = Math.cbrt(scale * (double) scale / 3 / rank / rank);
    return new InitialRows(seed, (float) Math.sqrt(3 * third), 0);
  }

  @Override
  public int rowsOf(int field) {
    return runs[0] + runs[1] + runs[2];
  }

  @Override
  public long row(int field, long token, int i) {
    int core = i < runs[0] ? 0 : i < runs[0] + runs[1] ? 1 : 2;
    int within = i - (core == 0 ? 0 : core == 1 ? runs[0] : runs[0] + runs[1]);
    return matrix(SplitMix64.below(SplitMix64.mix(token), ids), core) + within;
  }

  /** First row of an id's matrix. */
  long matrix(long id, int core) {
    long digit =
        switch (core) {
          case 0 -> id % digits[0];
          case 1 -> id / digits[0] % digits[1];
          default -> id / digits[0] / digits[1];
        };
    return first[core] + digit * runs[core];
  }

  @Override
  public TokenFunction newFunction() {
    return new Train();
  }

  final class Train implements TokenFunction {
    private final int d1 = parts[0];
    private final int d2 = parts[1];
    private final int d3 = parts[2];
    private final float[] g1 = new float[d1 * rank];
    private final float[] g2 = new float[rank * d2 * rank];
    private final float[] g3 = new float[rank * d3];
    private final float[] both = new float[d1 * d2 * rank]; // G1·G2 [d1, d2, r]
    private final float[] dBoth = new float[both.length];
    private final float[] d1s = new float[g1.length];
    private final float[] d2s = new float[g2.length];
    private final float[] d3s = new float[g3.length];

    @Override
    public void compose(
        int field, long token, EmbeddingTable table, float[][] tensors, float[] out, int at) {
      compose(SplitMix64.below(SplitMix64.mix(token), ids), table, out, at);
    }

    void compose(long id, EmbeddingTable table, float[] out, int at) {
      read(id, table);
      Arrays.fill(out, at, at + dim, 0f);
      for (int ab = 0; ab < d1 * d2; ab++) {
        for (int t = 0; t < rank; t++) {
          float value = both[ab * rank + t];
          for (int c = 0; c < d3; c++) {
            out[at + ab * d3 + c] += value * g3[t * d3 + c];
          }
        }
      }
    }

    private void read(long id, EmbeddingTable table) {
      read(id, 0, table, g1);
      read(id, 1, table, g2);
      read(id, 2, table, g3);
      Arrays.fill(both, 0f);
      int width = d2 * rank;
      for (int a = 0; a < d1; a++) {
        for (int s = 0; s < rank; s++) {
          float value = g1[a * rank + s];
          for (int bt = 0; bt < width; bt++) {
            both[a * width + bt] += value * g2[s * width + bt];
          }
        }
      }
    }

    private void read(long id, int core, EmbeddingTable table, float[] into) {
      long row = matrix(id, core);
      for (int i = 0; i < runs[core]; i++) {
        table.getRow(row + i, 1, into, i * rowWidth);
      }
    }

    @Override
    public void backward(
        int field,
        long token,
        EmbeddingTable table,
        float[][] tensors,
        float[] d,
        int at,
        RowGradients into,
        float[][] gradients) {
      long id = SplitMix64.below(SplitMix64.mix(token), ids);
      read(id, table);
      Arrays.fill(d3s, 0f);
      for (int ab = 0; ab < d1 * d2; ab++) {
        for (int t = 0; t < rank; t++) {
          float value = both[ab * rank + t];
          float sum = 0;
          for (int c = 0; c < d3; c++) {
            float dx = d[at + ab * d3 + c];
            d3s[t * d3 + c] += value * dx;
            sum += g3[t * d3 + c] * dx;
          }
          dBoth[ab * rank + t] = sum;
        }
      }
      backwardFirstTwo();
      add(id, 0, d1s, into);
      add(id, 1, d2s, into);
      add(id, 2, d3s, into);
    }

    private void backwardFirstTwo() {
      int width = d2 * rank;
      Arrays.fill(d2s, 0f);
      for (int a = 0; a < d1; a++) {
        for (int s = 0; s < rank; s++) {
          float value = g1[a * rank + s];
          float sum = 0;
          for (int bt = 0; bt < width; bt++) {
            float dValue = dBoth[a * width + bt];
            d2s[s * width + bt] += value * dValue;
            sum += g2[s * width + bt] * dValue;
          }
          d1s[a * rank + s] = sum;
        }
      }
    }

    private void add(long id, int core, float[] gradient, RowGradients into) {
      long row = matrix(id, core);
      for (int i = 0; i < runs[core]; i++) {
        into.add(row + i, 1, gradient, i * rowWidth);
      }
    }
  }
}
