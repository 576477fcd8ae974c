package io.millrace.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RowKernels} by the JDK's Vector API. What is left of a row is done by a vector that goes
 * beyond it, or where there is nothing beyond, value by value.
 */
final class VectorRowKernels implements RowKernels {
  private static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = WIDE.length();

  /** Fewer values than these are faster one by one. */
  private static final int FEW = 3;

  /** From {@code LANES − n} on: n times all bits, then none. */
  private static final int[] KEPT = new int[2 * LANES];

  /** From {@code LANES − n} on: n zeros, then bits of −0, which added changes no value. */
  private static final int[] NOTHING = new int[2 * LANES];

  private static final float[] ONES = new float[LANES];

  static {
    Arrays.fill(ONES, 1);
    Arrays.fill(KEPT, 0, LANES, -1);
    Arrays.fill(NOTHING, LANES, 2 * LANES, Integer.MIN_VALUE);
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
      float[] rates,
      float epsilon,
      float initial) {
    int i = wide(0, n, values, at, sums, sumsAt, gradient, gradientAt, rates, epsilon, initial);
    if (n - i >= FEW
        && i + LANES <= rates.length
        && fits(i, values, at, sums, sumsAt, gradient, gradientAt)) {
      rest(i, n, values, at, sums, sumsAt, gradient, gradientAt, rates, i, 1, epsilon, initial);
      return;
    }
    ScalarRowKernels.adagrad(
        i, n, values, at, sums, sumsAt, gradient, gradientAt, rates, epsilon, initial);
  }

  /** Whether there are vectors from a column on, be it beyond the row. */
  private static boolean fits(
      int i, float[] values, int at, float[] sums, int sumsAt, float[] gradient, int gradientAt) {
    return at + i + LANES <= values.length
        && sumsAt + i + LANES <= sums.length
        && gradientAt + i + LANES <= gradient.length;
  }

  /** What is left of a row; rates are those from {@code ratesAt} times a factor. */
  private static void rest(
      int i,
      int n,
      float[] values,
      int at,
      float[] sums,
      int sumsAt,
      float[] gradient,
      int gradientAt,
      float[] rates,
      int ratesAt,
      float factor,
      float epsilon,
      float initial) {
    int none = LANES - (n - i);
    IntVector kept = IntVector.fromArray(INTS, KEPT, none);
    IntVector nothing = IntVector.fromArray(INTS, NOTHING, none);
    FloatVector g =
        FloatVector.fromArray(WIDE, gradient, gradientAt + i)
            .reinterpretAsInts()
            .and(kept)
            .reinterpretAsFloats();
    FloatVector value = FloatVector.fromArray(WIDE, values, at + i);
    FloatVector square = g.mul(g).reinterpretAsInts().or(nothing).reinterpretAsFloats();
    FloatVector sum = FloatVector.fromArray(WIDE, sums, sumsAt + i).add(square);
    FloatVector step =
        FloatVector.fromArray(WIDE, rates, ratesAt)
            .mul(factor)
            .mul(g)
            .div(sum.add(initial).sqrt().add(epsilon))
            .reinterpretAsInts()
            .and(kept)
            .reinterpretAsFloats();
    // what lies higher is written last: the other vector may reach into it
    if (at < sumsAt) {
      value.sub(step).intoArray(values, at + i);
      sum.intoArray(sums, sumsAt + i);
    } else {
      sum.intoArray(sums, sumsAt + i);
      value.sub(step).intoArray(values, at + i);
    }
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
    if (n - i >= FEW && fits(i, values, at, sums, sumsAt, gradient, gradientAt)) {
      rest(i, n, values, at, sums, sumsAt, gradient, gradientAt, ONES, 0, rate, epsilon, initial);
      return;
    }
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

  /**
   * Where sums of magnitudes are within the bound, each of them is: mostly that is all there is to
   * do. Neither integers nor masks but the last, which compilers have stumbled over.
   */
  @Override
  public boolean within(int n, float[] values, int from, float bound) {
    if (n >= LANES) {
      FloatVector one = FloatVector.fromArray(WIDE, values, from).abs();
      // may hold some values again
      FloatVector other = FloatVector.fromArray(WIDE, values, from + n - LANES).abs();
      int i = LANES;
      for (int end = n - 2 * LANES; i <= end; i += 2 * LANES) {
        one = one.add(FloatVector.fromArray(WIDE, values, from + i).abs());
        other = other.add(FloatVector.fromArray(WIDE, values, from + i + LANES).abs());
      }
      if (i <= n - LANES) {
        one = one.add(FloatVector.fromArray(WIDE, values, from + i).abs());
      }
      if (one.add(other).compare(VectorOperators.LE, bound).allTrue()) {
        return true;
      }
    } else if (from + LANES <= values.length) {
      // what lies beyond may only send it to the scalars
      if (FloatVector.fromArray(WIDE, values, from)
          .abs()
          .compare(VectorOperators.LE, bound)
          .allTrue()) {
        return true;
      }
    }
    return ScalarRowKernels.within(0, n, values, from, bound);
  }

  @Override
  public void addSums(int rows, int n, float[] x, int from, float[] sums, float[] squares) {
    for (int i = 0; i < n; i += LANES) {
      // rows behind which there is nothing are summed value by value
      int whole = Math.min(rows, Math.max(0, Math.floorDiv(x.length - LANES - from - i, n) + 1));
      FloatVector sum = FloatVector.fromArray(WIDE, sums, i);
      FloatVector square = FloatVector.fromArray(WIDE, squares, i);
      for (int at = from + i, end = at + whole * n; at < end; at += n) {
        FloatVector value = FloatVector.fromArray(WIDE, x, at);
        sum = sum.add(value);
        square = square.add(value.mul(value));
      }
      sum.intoArray(sums, i);
      square.intoArray(squares, i);
      int end = Math.min(n, i + LANES);
      ScalarRowKernels.addSums(whole, rows, i, end, n, x, from, sums, squares);
    }
  }

  @Override
  public void differences(
      int rows, int n, float factor, float[] sums, int sumsAt, float[] x, int from, float[] out) {
    int last = (n - 1) / LANES * LANES;
    int space = Math.min(x.length, out.length) - LANES - from - last;
    int whole = Math.min(rows, Math.max(0, Math.floorDiv(space, n) + 1));
    if (sumsAt + last + LANES > sums.length) {
      whole = 0;
    }
    for (int at = from, end = from + whole * n; at < end; at += n) {
      for (int i = 0; i < n; i += LANES) {
        FloatVector.fromArray(WIDE, sums, sumsAt + i)
            .sub(FloatVector.fromArray(WIDE, x, at + i))
            .mul(factor)
            .intoArray(out, at + i);
      }
    }
    ScalarRowKernels.differences(whole, rows, n, factor, sums, sumsAt, x, from, out);
  }
}
