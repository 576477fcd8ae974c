package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.DcnV2Config;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelHidden;
import io.millrace.model.layer.KernelLinear;
import io.millrace.model.layer.KernelNet;
import io.millrace.model.layer.KernelPass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@link DcnV2Config} by kernels. */
final class KernelDcnV2 implements KernelNet {
  private final DcnV2Config config;
  private final Columns columns;
  private final Matrix first;
  private final List<Cross> crosses = new ArrayList<>();
  private final KernelHidden hidden;
  private final KernelLinear output;
  private final Matrix both;
  private final Matrix dDeep;
  private final Matrix dCrossed;
  private final Matrix dInner;
  private final Matrix dFirst;

  /** A cross layer, with what its linear map gave last and what came of it. */
  private static final class Cross {
    final KernelLinear linear;
    final Matrix out;
    Matrix inner;

    Cross(KernelLinear linear, Matrix out) {
      this.linear = linear;
      this.out = out;
      this.inner = out;
    }
  }

  /**
   * @param values n = F · D
   */
  KernelDcnV2(DcnV2Config config, int values, TensorNumbers numbers) {
    this.config = config;
    this.columns = Columns.of(values);
    this.first = new Matrix(columns);
    for (int l = 0; l < config.crossLayers(); l++) {
      String name = "cross" + l + ".";
      KernelLinear linear =
          new KernelLinear(
              columns, columns, numbers.of(name + "weight"), numbers.of(name + "bias"));
      crosses.add(new Cross(linear, new Matrix(columns)));
    }
    this.hidden = new KernelHidden(config.hidden(), "", columns, numbers);
    int width = hidden.columns().count();
    Columns last = config.stacked() ? hidden.columns() : Columns.of(values + width);
    this.output =
        new KernelLinear(
            last, Columns.of(1), numbers.of("output.weight"), numbers.of("output.bias"));
    this.both = new Matrix(last);
    this.dDeep = new Matrix(hidden.columns());
    this.dCrossed = new Matrix(columns);
    this.dInner = new Matrix(columns);
    this.dFirst = new Matrix(columns);
  }

  @Override
  public void load(float[][] weights) {
    crosses.forEach(cross -> cross.linear.load(weights));
    hidden.load(weights);
    output.load(weights);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    first.rows(pass.batch()).load(x, from);
    Matrix crossed = first;
    for (Cross cross : crosses) {
      cross.inner =
          crossed == first
              ? cross.linear.forward(crossed, pass.shared())
              : cross.linear.forward(crossed);
      cross.out.rows(pass.batch());
      int size = pass.batch() * columns.stride();
      cross(first.values(), cross.inner.values(), crossed.values(), cross.out.values(), size);
      crossed = cross.out;
    }
    if (config.stacked()) {
      return output.forward(hidden.forward(pass, crossed));
    }
    Matrix deep = hidden.forward(pass, first, pass.shared());
    both.rows(pass.batch());
    int values = columns.count();
    for (int b = 0; b < pass.batch(); b++) {
      int to = b * both.stride();
      System.arraycopy(crossed.values(), b * columns.stride(), both.values(), to, values);
      System.arraycopy(
          deep.values(), b * deep.stride(), both.values(), to + values, deep.columns().count());
    }
    return output.forward(both);
  }

  /** {@code to = first ∘ inner + last}. */
  private static void cross(float[] first, float[] inner, float[] last, float[] to, int size) {
    for (int i = 0; i < size; i++) {
      to[i] = first[i] * inner[i] + last[i];
    }
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    int batch = pass.batch();
    int size = batch * columns.stride();
    Matrix dLast = output.backward(dLogits, gradients);
    dFirst.rows(batch);
    Arrays.fill(dFirst.values(), 0, size, 0f);
    Matrix d;
    if (config.stacked()) {
      d = hidden.backward(dLast, gradients);
    } else {
      d = split(dLast);
      dFirst.add(hidden.backward(dDeep, gradients));
    }
    dInner.rows(batch);
    for (int l = crosses.size() - 1; l >= 0; l--) {
      Cross cross = crosses.get(l);
      float[] upper = d.values();
      float[] inner = cross.inner.values();
      float[] sum = dFirst.values();
      float[] x0 = first.values();
      float[] di = dInner.values();
      for (int i = 0; i < size; i++) {
        sum[i] += upper[i] * inner[i];
        di[i] = upper[i] * x0[i];
      }
      d.add(cross.linear.backward(dInner, gradients));
    }
    dFirst.add(d);
    return dFirst;
  }

  /** Parts the output's gradient; that of the perceptron goes to {@link #dDeep}. */
  private Matrix split(Matrix d) {
    dCrossed.rows(d.rows());
    dDeep.rows(d.rows());
    int values = columns.count();
    for (int b = 0; b < d.rows(); b++) {
      int from = b * d.stride();
      System.arraycopy(d.values(), from, dCrossed.values(), b * columns.stride(), values);
      System.arraycopy(
          d.values(), from + values, dDeep.values(), b * dDeep.stride(), dDeep.columns().count());
    }
    return dCrossed;
  }
}
