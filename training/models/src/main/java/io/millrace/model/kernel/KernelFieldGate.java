package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelLinear;
import java.util.Arrays;
import java.util.List;

/** A gate of {@link FinalMlpConfig} by kernels. */
final class KernelFieldGate {
  private static final int OFF = -1;

  private final Kernels kernels = Kernels.best();
  private final int[] fields;
  private final int dim;
  private final int learned;
  private final KernelLinear hidden;
  private final KernelLinear output;
  private final Matrix context;
  private final Matrix gate;
  private final Matrix out;
  private final Matrix dScores;
  private final Matrix dx;
  private Matrix inner;
  private Matrix x;

  /**
   * @param fields numbers of the context's fields; none for a learned vector
   * @param columns how a row of n = F·D values lies
   */
  KernelFieldGate(
      String prefix,
      List<Integer> fields,
      int dim,
      int units,
      Columns columns,
      TensorNumbers numbers) {
    this.fields = fields.stream().mapToInt(Integer::intValue).toArray();
    this.dim = dim;
    this.learned = fields.isEmpty() ? numbers.of(prefix + "context") : OFF;
    Columns from = Columns.of(dim * Math.max(1, fields.size()));
    Columns between = Columns.of(units);
    this.hidden =
        new KernelLinear(
            from,
            between,
            numbers.of(prefix + "hidden.weight"),
            numbers.of(prefix + "hidden.bias"));
    this.output =
        new KernelLinear(
            between,
            columns,
            numbers.of(prefix + "output.weight"),
            numbers.of(prefix + "output.bias"));
    this.context = new Matrix(from);
    this.gate = new Matrix(columns);
    this.out = new Matrix(columns);
    this.dScores = new Matrix(columns);
    this.dx = new Matrix(columns);
    this.inner = context;
    this.x = out;
  }

  void load(float[][] weights) {
    hidden.load(weights);
    output.load(weights);
    if (learned != OFF) {
      context.rows(1).load(weights[learned], 0);
    }
  }

  /**
   * @param rows [B, n]; must not change until the backward pass
   * @return [B, n]
   */
  Matrix forward(Matrix rows) {
    x = rows;
    if (learned == OFF) {
      select(rows);
    }
    inner = hidden.forward(context);
    kernels.relu(inner.values(), 0, inner.rows() * inner.stride());
    Matrix scores = output.forward(inner);
    int stride = scores.stride();
    float[] g = gate.rows(scores.rows()).values();
    int size = scores.rows() * stride;
    for (int i = 0; i < size; i++) {
      g[i] = -scores.values()[i];
    }
    kernels.exp(g, 0, size);
    for (int i = 0; i < size; i++) {
      g[i] = 2 / (1 + g[i]);
    }
    float[] to = out.rows(rows.rows()).values();
    for (int b = 0; b < rows.rows(); b++) {
      int at = b * stride;
      int of = gateOf(b) * stride;
      for (int i = 0; i < stride; i++) {
        to[at + i] = rows.values()[at + i] * g[of + i];
      }
    }
    return out;
  }

  /** A learned context has one gate for all examples. */
  private int gateOf(int example) {
    return learned == OFF ? example : 0;
  }

  private void select(Matrix rows) {
    context.rows(rows.rows());
    for (int b = 0; b < rows.rows(); b++) {
      for (int f = 0; f < fields.length; f++) {
        System.arraycopy(
            rows.values(),
            b * rows.stride() + fields[f] * dim,
            context.values(),
            b * context.stride() + f * dim,
            dim);
      }
    }
  }

  /**
   * @param dOut [B, n]
   * @return [B, n]
   */
  Matrix backward(Matrix dOut, float[][] gradients) {
    int stride = dOut.stride();
    float[] d = dOut.values();
    float[] g = gate.values();
    float[] to = dx.rows(dOut.rows()).values();
    float[] ds = dScores.rows(gate.rows()).values();
    Arrays.fill(ds, 0, gate.rows() * stride, 0f);
    for (int b = 0; b < dOut.rows(); b++) {
      int at = b * stride;
      int of = gateOf(b) * stride;
      for (int i = 0; i < stride; i++) {
        float open = g[of + i];
        to[at + i] = d[at + i] * open;
        ds[of + i] += d[at + i] * x.values()[at + i] * open * (1 - .5f * open);
      }
    }
    Matrix dInner = output.backward(dScores, gradients);
    kernels.reluBackward(inner.values(), 0, dInner.values(), 0, dInner.rows() * dInner.stride(), 1);
    Matrix dContext = hidden.backward(dInner, gradients);
    if (learned != OFF) {
      dContext.store(gradients[learned], 0);
      return dx;
    }
    for (int b = 0; b < dx.rows(); b++) {
      for (int f = 0; f < fields.length; f++) {
        int into = b * stride + fields[f] * dim;
        int from = b * dContext.stride() + f * dim;
        for (int i = 0; i < dim; i++) {
          to[into + i] += dContext.values()[from + i];
        }
      }
    }
    return dx;
  }
}
