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
}
