package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link RowKernels} by the JDK's Vector API; what is left of a row is done value by value. */
final class VectorRowKernels implements RowKernels {
  private static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> NARROW = FloatVector.SPECIES_128;

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
    int i = 0;
    for (int end = n - WIDE.length(); i <= end; i += WIDE.length()) {
      step(
          WIDE,
          values,
          at + i,
          sums,
          sumsAt + i,
          gradient,
          gradientAt + i,
          rates,
          i,
          epsilon,
          initial);
    }
    for (int end = n - NARROW.length(); i <= end; i += NARROW.length()) {
      step(
          NARROW,
          values,
          at + i,
          sums,
          sumsAt + i,
          gradient,
          gradientAt + i,
          rates,
          i,
          epsilon,
          initial);
    }
    ScalarRowKernels.adagrad(
        i, n, values, at, sums, sumsAt, gradient, gradientAt, rates, epsilon, initial);
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
    int i = 0;
    for (int end = n - WIDE.length(); i <= end; i += WIDE.length()) {
      step(
          WIDE,
          FloatVector.broadcast(WIDE, rate),
          values,
          at + i,
          sums,
          sumsAt + i,
          gradient,
          gradientAt + i,
          epsilon,
          initial);
    }
    ScalarRowKernels.adagrad(
        i, n, values, at, sums, sumsAt, gradient, gradientAt, rate, epsilon, initial);
  }

  private static void step(
      VectorSpecies<Float> species,
      FloatVector rates,
      float[] values,
      int at,
      float[] sums,
      int sumsAt,
      float[] gradient,
      int gradientAt,
      float epsilon,
      float initial) {
    FloatVector g = FloatVector.fromArray(species, gradient, gradientAt);
    FloatVector sum = FloatVector.fromArray(species, sums, sumsAt).add(g.mul(g));
    sum.intoArray(sums, sumsAt);
    FloatVector step = rates.mul(g).div(sum.add(initial).sqrt().add(epsilon));
    FloatVector.fromArray(species, values, at).sub(step).intoArray(values, at);
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
