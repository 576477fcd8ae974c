package io.millrace.kernel;

/** {@link RowKernels} as specified, value by value. */
final class ScalarRowKernels implements RowKernels {

  @Override
  public void adagrad(
      int n,
      float[] values,
      int at,
      float[] sums,
      int sumsAt,
      float[] gradient,
      int gradientAt,
      float[] rates,
      float epsilon,
      float initial) {
    adagrad(0, n, values, at, sums, sumsAt, gradient, gradientAt, rates, epsilon, initial);
  }

  static void adagrad(
      int from,
      int n,
      float[] values,
      int at,
      float[] sums,
      int sumsAt,
      float[] gradient,
      int gradientAt,
      float[] rates,
      float epsilon,
      float initial) {
    for (int i = from; i < n; i++) {
      float g = gradient[gradientAt + i];
      float sum = sums[sumsAt + i] + g * g;
      sums[sumsAt + i] = sum;
      values[at + i] -= rates[i] * g / ((float) Math.sqrt(sum + initial) + epsilon);
    }
  }

  @Override
  public void adagrad(
      int n,
      float[] values,
      int at,
      float[] sums,
      int sumsAt,
      float[] gradient,
      int gradientAt,
      float rate,
      float epsilon,
      float initial) {
    adagrad(0, n, values, at, sums, sumsAt, gradient, gradientAt, rate, epsilon, initial);
  }

  static void adagrad(
      int from,
      int n,
      float[] values,
      int at,
      float[] sums,
      int sumsAt,
      float[] gradient,
      int gradientAt,
      float rate,
      float epsilon,
      float initial) {
    for (int i = from; i < n; i++) {
      float g = gradient[gradientAt + i];
      float sum = sums[sumsAt + i] + g * g;
      sums[sumsAt + i] = sum;
      values[at + i] -= rate * g / ((float) Math.sqrt(sum + initial) + epsilon);
    }
  }

  @Override
  public void adam(
      int n,
      float[] values,
      int at,
      float[] moments,
      int momentsAt,
      float[] gradient,
      int gradientAt,
      float rate,
      float root,
      float beta1,
      float beta2,
      float epsilon) {
    adam(
        0,
        n,
        values,
        at,
        moments,
        momentsAt,
        gradient,
        gradientAt,
        rate,
        root,
        beta1,
        beta2,
        epsilon);
  }

  static void adam(
      int from,
      int n,
      float[] values,
      int at,
      float[] moments,
      int momentsAt,
      float[] gradient,
      int gradientAt,
      float rate,
      float root,
      float beta1,
      float beta2,
      float epsilon) {
    int m = momentsAt;
    int v = momentsAt + n;
    for (int i = from; i < n; i++) {
      float g = gradient[gradientAt + i];
      float mean = beta1 * moments[m + i] + (1 - beta1) * g;
      float square = beta2 * moments[v + i] + (1 - beta2) * g * g;
      moments[m + i] = mean;
      moments[v + i] = square;
      values[at + i] -= rate * mean / ((float) Math.sqrt(square) * root + epsilon);
    }
  }

  @Override
  public boolean within(int n, float[] values, int from, float bound) {
    return within(0, n, values, from, bound);
  }

  static boolean within(int first, int n, float[] values, int from, float bound) {
    for (int i = first; i < n; i++) {
      if (!(Math.abs(values[from + i]) <= bound)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void addSums(int rows, int n, float[] x, int from, float[] sums, float[] squares) {
    addSums(0, rows, 0, n, n, x, from, sums, squares);
  }

  /** Rows and columns from some on. */
  static void addSums(
      int row,
      int rows,
      int column,
      int end,
      int n,
      float[] x,
      int from,
      float[] sums,
      float[] squares) {
    for (int r = row; r < rows; r++) {
      for (int i = column; i < end; i++) {
        float value = x[from + r * n + i];
        sums[i] += value;
        squares[i] += value * value;
      }
    }
  }

  @Override
  public void differences(
      int rows, int n, float factor, float[] sums, int sumsAt, float[] x, int from, float[] out) {
    differences(0, rows, n, factor, sums, sumsAt, x, from, out);
  }

  /** Rows from one on. */
  static void differences(
      int row,
      int rows,
      int n,
      float factor,
      float[] sums,
      int sumsAt,
      float[] x,
      int from,
      float[] out) {
    for (int r = row; r < rows; r++) {
      for (int i = 0; i < n; i++) {
        out[from + r * n + i] = factor * (sums[sumsAt + i] - x[from + r * n + i]);
      }
    }
  }
}
