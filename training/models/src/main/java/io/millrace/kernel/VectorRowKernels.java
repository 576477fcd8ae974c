package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link RowKernels} by the JDK's Vector API; what is left of a row is done value by value. */
final class VectorRowKernels implements RowKernels {
  private static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_PREFERRED;

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
    int i = wide(0, n, values, at, sums, sumsAt, gradient, gradientAt, rates, epsilon, initial);
    ScalarRowKernels.adagrad(
        i, n, values, at, sums, sumsAt, gradient, gradientAt, rates, epsilon, initial);
  }

  private static int wide(
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
    int i = from;
    for (int end = n - WIDE.length(); i <= end; i += WIDE.length()) {
      FloatVector g = FloatVector.fromArray(WIDE, gradient, gradientAt + i);
      FloatVector sum = FloatVector.fromArray(WIDE, sums, sumsAt + i).add(g.mul(g));
      sum.intoArray(sums, sumsAt + i);
      FloatVector step =
          FloatVector.fromArray(WIDE, rates, i).mul(g).div(sum.add(initial).sqrt().add(epsilon));
      FloatVector.fromArray(WIDE, values, at + i).sub(step).intoArray(values, at + i);
    }
    return i;
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
    int i = atOneRate(0, n, values, at, sums, sumsAt, gradient, gradientAt, rate, epsilon, initial);
    ScalarRowKernels.adagrad(
        i, n, values, at, sums, sumsAt, gradient, gradientAt, rate, epsilon, initial);
  }

  private static int atOneRate(
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
    int i = from;
    for (int end = n - WIDE.length(); i <= end; i += WIDE.length()) {
      FloatVector g = FloatVector.fromArray(WIDE, gradient, gradientAt + i);
      // a unit that was off leaves zeros, which move nothing: half of a small step's gradients
      if (!g.compare(VectorOperators.NE, 0).anyTrue()) {
        continue;
      }
      FloatVector sum = FloatVector.fromArray(WIDE, sums, sumsAt + i).add(g.mul(g));
      sum.intoArray(sums, sumsAt + i);
      FloatVector step =
          FloatVector.broadcast(WIDE, rate).mul(g).div(sum.add(initial).sqrt().add(epsilon));
      FloatVector.fromArray(WIDE, values, at + i).sub(step).intoArray(values, at + i);
    }
    return i;
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
    int i = 0;
    for (int end = n - WIDE.length(); i <= end; i += WIDE.length()) {
      int m = momentsAt + i;
      int v = m + n;
      FloatVector g = FloatVector.fromArray(WIDE, gradient, gradientAt + i);
      FloatVector mean = FloatVector.fromArray(WIDE, moments, m).mul(beta1).add(g.mul(1 - beta1));
      FloatVector square =
          FloatVector.fromArray(WIDE, moments, v).mul(beta2).add(g.mul(1 - beta2).mul(g));
      mean.intoArray(moments, m);
      square.intoArray(moments, v);
      FloatVector step = mean.mul(rate).div(square.sqrt().mul(root).add(epsilon));
      FloatVector.fromArray(WIDE, values, at + i).sub(step).intoArray(values, at + i);
    }
    ScalarRowKernels.adam(
        i,
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
}
