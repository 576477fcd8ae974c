package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.model.TensorNumbers;
import java.util.Arrays;

/**
 * Where FinalMLP's two outputs meet: {@code b + w_1ᵀ o_1 + w_2ᵀ o_2 + Σ_h (o_1^h)ᵀ W_h o_2^h}.
 *
 * <p>Shapes: B examples, k heads, n_1 and n_2 values of the outputs, a = n_1 / k and c = n_2 / k of
 * a head. Products of heads lie in groups of c, padded.
 */
final class KernelBilinearFusion {
  private final Kernels kernels = Kernels.best();
  private final int heads;
  private final int a;
  private final int c;
  private final int firstWeight;
  private final int secondWeight;
  private final int bilinear;
  private final int bias;
  private final int ap; // a and c, padded
  private final int cp;
  private final float[] maps; // [k, a, c], rows padded
  private final float[] transposed; // [k, c, a], rows padded
  private final float[] dMap; // [a, c], rows padded
  private final float[] zeros;
  private final Matrix projected; // [B, k, c]: W_hᵀ o_1^h
  private final Matrix dProjected;
  private final Matrix logits = new Matrix(Columns.of(1));
  private final Matrix dFirst;
  private final Matrix dSecond;
  private float[] dHeads = new float[0]; // [B, a], rows padded
  private float[][] weights = new float[0][];
  private Matrix o1;
  private Matrix o2;

  KernelBilinearFusion(int heads, Columns first, Columns second, TensorNumbers numbers) {
    this.heads = heads;
    this.a = first.count() / heads;
    this.c = second.count() / heads;
    this.firstWeight = numbers.of("fusion.first");
    this.secondWeight = numbers.of("fusion.second");
    this.bilinear = numbers.of("fusion.bilinear");
    this.bias = numbers.of("fusion.bias");
    this.ap = Columns.of(a).padded();
    this.cp = Columns.of(c).padded();
    this.maps = new float[heads * a * cp];
    this.transposed = new float[heads * c * ap];
    this.dMap = new float[a * cp];
    this.zeros = new float[Math.max(ap, cp)];
    this.projected = new Matrix(Columns.grouped(heads, c));
    this.dProjected = new Matrix(Columns.grouped(heads, c));
    this.dFirst = new Matrix(first);
    this.dSecond = new Matrix(second);
    this.o1 = dFirst;
    this.o2 = dSecond;
  }

  void load(float[][] all) {
    weights = all;
    float[] w = all[bilinear];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < a; i++) {
        int from = (h * a + i) * c;
        System.arraycopy(w, from, maps, (h * a + i) * cp, c);
        for (int j = 0; j < c; j++) {
          transposed[(h * c + j) * ap + i] = w[from + j];
        }
      }
    }
  }

  /**
   * @param first o_1 [B, n_1]; must not change until the backward pass
   * @param second o_2 [B, n_2]; likewise
   * @return [B, 1]
   */
  Matrix forward(Matrix first, Matrix second) {
    o1 = first;
    o2 = second;
    int batch = first.rows();
    projected.rows(batch);
    for (int h = 0; h < heads; h++) {
      kernels.multiply(
          batch,
          cp,
          a,
          first.values(),
          h * a,
          first.stride(),
          1,
          maps,
          h * a * cp,
          cp,
          zeros,
          0,
          0,
          projected.values(),
          h * cp,
          projected.stride());
    }
    logits.rows(batch);
    for (int b = 0; b < batch; b++) {
      int at1 = b * first.stride();
      int at2 = b * second.stride();
      float sum = weights[bias][0];
      sum += kernels.dot(heads * a, first.values(), at1, weights[firstWeight], 0);
      sum += kernels.dot(heads * c, second.values(), at2, weights[secondWeight], 0);
      for (int h = 0; h < heads; h++) {
        int of = b * projected.stride() + h * cp;
        sum += kernels.dot(c, projected.values(), of, second.values(), at2 + h * c);
      }
      logits.values()[b * logits.stride()] = sum;
    }
    return logits;
  }

  /** All gradients; those of the outputs are {@link #dFirst} and {@link #dSecond}. */
  void backward(Matrix dLogits, float[][] gradients) {
    int batch = o1.rows();
    dProjected.rows(batch);
    dFirst.rows(batch);
    dSecond.rows(batch);
    if (dHeads.length < batch * ap) {
      dHeads = new float[batch * ap];
    }
    Arrays.fill(gradients[firstWeight], 0f);
    Arrays.fill(gradients[secondWeight], 0f);
    gradients[bias][0] = 0;
    for (int b = 0; b < batch; b++) {
      float d = dLogits.values()[b * dLogits.stride()];
      gradients[bias][0] += d;
      linear(o1, weights[firstWeight], d, b, dFirst, gradients[firstWeight]);
      linear(o2, weights[secondWeight], d, b, dSecond, gradients[secondWeight]);
      crossed(d, b);
    }
    for (int h = 0; h < heads; h++) {
      backwardFirst(h);
      backwardMap(h, gradients[bilinear]);
    }
  }

  private static void linear(Matrix o, float[] w, float d, int b, Matrix into, float[] dw) {
    int at = b * o.stride();
    for (int i = 0; i < w.length; i++) {
      into.values()[at + i] = d * w[i];
      dw[i] += d * o.values()[at + i];
    }
  }

  /** What the products give to o_2, and to W_hᵀ o_1^h. */
  private void crossed(float d, int b) {
    int at = b * o2.stride();
    for (int h = 0; h < heads; h++) {
      int of = b * projected.stride() + h * cp;
      for (int j = 0; j < c; j++) {
        dSecond.values()[at + h * c + j] += d * projected.values()[of + j];
        dProjected.values()[of + j] = d * o2.values()[at + h * c + j];
      }
    }
  }

  private void backwardFirst(int h) {
    kernels.multiply(
        o1.rows(),
        ap,
        c,
        dProjected.values(),
        h * cp,
        dProjected.stride(),
        1,
        transposed,
        h * c * ap,
        ap,
        zeros,
        0,
        0,
        dHeads,
        0,
        ap);
    for (int b = 0; b < o1.rows(); b++) {
      int to = b * dFirst.stride() + h * a;
      for (int i = 0; i < a; i++) {
        dFirst.values()[to + i] += dHeads[b * ap + i];
      }
    }
  }

  private void backwardMap(int h, float[] dBilinear) {
    kernels.multiply(
        a,
        cp,
        o1.rows(),
        o1.values(),
        h * a,
        1,
        o1.stride(),
        dProjected.values(),
        h * cp,
        dProjected.stride(),
        zeros,
        0,
        0,
        dMap,
        0,
        cp);
    for (int i = 0; i < a; i++) {
      System.arraycopy(dMap, i * cp, dBilinear, (h * a + i) * c, c);
    }
  }

  /** [B, n_1], valid until the next pass. */
  Matrix dFirst() {
    return dFirst;
  }

  /** [B, n_2], likewise. */
  Matrix dSecond() {
    return dSecond;
  }
}
