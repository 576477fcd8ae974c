package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by the JDK's Vector API, with the machine's widest vectors. Needs module {@code
 * jdk.incubator.vector}. Without masked loads, which are slow on JDK 17.
 */
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int NEWTON_STEPS = 30;

  /** A threshold that moves less is as good as fp32 gives it. */
  private static final float NEWTON_END = 1e-7f;

  @Override
  public void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int ai,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci) {
    Product.multiply(m, n, k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  @Override
  public void exp(float[] x, int from, int n) {
    for (int i = from; i < from + n; i += LANES) {
      VectorMath.exp(load(x, i)).intoArray(x, i);
    }
  }

  @Override
  public float maxMagnitude(float[] x, int from, int n) {
    FloatVector max = all(0);
    for (int i = from; i < from + n; i += LANES) {
      max = max.max(load(x, i).abs());
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  @Override
  public void relu(float[] x, int from, int n) {
    FloatVector zero = all(0);
    for (int i = from; i < from + n; i += LANES) {
      load(x, i).max(zero).intoArray(x, i);
    }
  }

  @Override
  public void reluBackward(float[] out, float[] d, int from, int n, float factor) {
    FloatVector zero = all(0);
    for (int i = from; i < from + n; i += LANES) {
      VectorMask<Float> open = load(out, i).compare(VectorOperators.GT, zero);
      zero.blend(load(d, i).mul(factor), open).intoArray(d, i);
    }
  }

  @Override
  public void softmax(float[] x, int from, int rows, int stride, int n) {
    int end = from + rows * stride;
    for (int j = 0; j < n; j += LANES) {
      FloatVector max = load(x, from + j);
      for (int at = from + j + stride; at < end; at += stride) {
        max = max.max(load(x, at));
      }
      FloatVector sum = all(0);
      for (int at = from + j; at < end; at += stride) {
        FloatVector e = VectorMath.exp(load(x, at).sub(max));
        sum = sum.add(e);
        e.intoArray(x, at);
      }
      scale(x, from + j, end, stride, all(1).div(sum));
    }
  }

  private static void scale(float[] x, int from, int end, int stride, FloatVector factor) {
    for (int at = from; at < end; at += stride) {
      load(x, at).mul(factor).intoArray(x, at);
    }
  }

  @Override
  public void softmaxBackward(
      float[] p, int pFrom, float[] d, int dFrom, int rows, int stride, int n) {
    int end = rows * stride;
    for (int j = 0; j < n; j += LANES) {
      FloatVector dot = all(0);
      for (int at = j; at < end; at += stride) {
        dot = load(p, pFrom + at).fma(load(d, dFrom + at), dot);
      }
      for (int at = j; at < end; at += stride) {
        load(p, pFrom + at).mul(load(d, dFrom + at).sub(dot)).intoArray(d, dFrom + at);
      }
    }
  }

  @Override
  public void entmax(float[] x, int from, int rows, int stride, int n, float alpha) {
    int end = from + rows * stride;
    float spread = (float) Math.pow(rows, 1 - alpha);
    for (int j = 0; j < n; j += LANES) {
      FloatVector max = all(Float.NEGATIVE_INFINITY);
      FloatVector mean = all(0);
      for (int at = from + j; at < end; at += stride) {
        FloatVector value = load(x, at).mul(alpha - 1);
        value.intoArray(x, at);
        max = max.max(value);
        mean = mean.add(value);
      }
      mean = mean.div(rows);
      FloatVector left = max.sub(1).max(mean.sub(spread));
      FloatVector tau = threshold(x, from + j, end, stride, alpha, left);
      FloatVector sum = all(0);
      for (int at = from + j; at < end; at += stride) {
        FloatVector above = load(x, at).sub(tau).max(0);
        FloatVector share = slope(above, alpha).mul(above);
        sum = sum.add(share);
        share.intoArray(x, at);
      }
      scale(x, from + j, end, stride, all(1).div(sum));
    }
  }

  /** Newton's method from a threshold left of the one sought. */
  private static FloatVector threshold(
      float[] x, int from, int end, int stride, float alpha, FloatVector left) {
    FloatVector tau = left;
    for (int step = 0; step < NEWTON_STEPS; step++) {
      FloatVector total = all(0);
      FloatVector slope = all(0);
      for (int at = from; at < end; at += stride) {
        FloatVector above = load(x, at).sub(tau).max(0);
        FloatVector t = slope(above, alpha);
        total = t.fma(above, total);
        slope = slope.add(t);
      }
      FloatVector target = alpha == 2 ? all(1) : rootOrPower(total, 2 - alpha);
      FloatVector move = total.sub(target).div(slope);
      tau = tau.add(move);
      if (!(move.abs().reduceLanes(VectorOperators.MAX) > NEWTON_END)) {
        break;
      }
    }
    return tau;
  }

  private static FloatVector rootOrPower(FloatVector x, float power) {
    return power == 0.5f ? x.sqrt() : VectorMath.pow(x, power);
  }

  /** {@code above^(1/(α−1) − 1)} where it is above 0, 0 elsewhere. */
  private static FloatVector slope(FloatVector above, float alpha) {
    if (alpha == 1.5f) {
      return above;
    }
    VectorMask<Float> open = above.compare(VectorOperators.GT, 0);
    FloatVector powered =
        alpha == 2 ? all(1) : VectorMath.pow(above, (float) (1 / (alpha - 1.0) - 1));
    return all(0).blend(powered, open);
  }

  @Override
  public void entmaxBackward(
      float[] p, int pFrom, float[] d, int dFrom, int rows, int stride, int n, float alpha) {
    int end = rows * stride;
    for (int j = 0; j < n; j += LANES) {
      FloatVector sum = all(0);
      FloatVector dot = all(0);
      for (int at = j; at < end; at += stride) {
        FloatVector s = support(load(p, pFrom + at), alpha);
        sum = sum.add(s);
        dot = s.fma(load(d, dFrom + at), dot);
      }
      FloatVector mean = dot.div(sum);
      for (int at = j; at < end; at += stride) {
        FloatVector s = support(load(p, pFrom + at), alpha);
        s.mul(load(d, dFrom + at).sub(mean)).intoArray(d, dFrom + at);
      }
    }
  }

  /** {@code p^(2−α)} where p is above 0, 0 elsewhere. */
  private static FloatVector support(FloatVector p, float alpha) {
    VectorMask<Float> open = p.compare(VectorOperators.GT, 0);
    return all(0).blend(alpha == 2 ? all(1) : rootOrPower(p, 2 - alpha), open);
  }

  @Override
  public void normalizeRows(
      float[] x,
      int rows,
      int stride,
      int n,
      float[] real,
      int count,
      float epsilon,
      float[] inverse) {
    float share = 1f / count;
    for (int r = 0; r < rows; r++) {
      int from = r * stride;
      FloatVector sum = all(0);
      for (int j = 0; j < n; j += LANES) {
        sum = sum.add(load(x, from + j));
      }
      float mean = sum.reduceLanes(VectorOperators.ADD) * share;
      FloatVector squares = all(0);
      for (int j = 0; j < n; j += LANES) {
        FloatVector deviation = load(x, from + j).sub(mean).mul(load(real, j));
        squares = deviation.fma(deviation, squares);
      }
      float variance = squares.reduceLanes(VectorOperators.ADD) * share;
      float factor = (float) (1 / Math.sqrt(variance + epsilon));
      inverse[r] = factor;
      for (int j = 0; j < n; j += LANES) {
        FloatVector deviation = load(x, from + j).sub(mean).mul(load(real, j));
        deviation.mul(factor).intoArray(x, from + j);
      }
    }
  }

  @Override
  public void normalizeRowsBackward(
      float[] normalized,
      float[] d,
      int rows,
      int stride,
      int n,
      float[] real,
      int count,
      float[] inverse) {
    float share = 1f / count;
    for (int r = 0; r < rows; r++) {
      int from = r * stride;
      FloatVector sum = all(0);
      FloatVector dot = all(0);
      for (int j = 0; j < n; j += LANES) {
        FloatVector gradient = load(d, from + j);
        sum = sum.add(gradient);
        dot = gradient.fma(load(normalized, from + j), dot);
      }
      float mean = sum.reduceLanes(VectorOperators.ADD) * share;
      float product = dot.reduceLanes(VectorOperators.ADD) * share;
      for (int j = 0; j < n; j += LANES) {
        FloatVector rest = load(normalized, from + j).mul(product).add(mean);
        FloatVector result = load(d, from + j).sub(rest).mul(inverse[r]).mul(load(real, j));
        result.intoArray(d, from + j);
      }
    }
  }
}
