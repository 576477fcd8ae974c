package io.millrace.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by the JDK's Vector API, with the machine's widest vectors. Needs module {@code
 * jdk.incubator.vector}. Three things keep vectors in registers on JDK 17: there are no masked
 * loads; loops are small methods between which values pass through memory, since a method with too
 * many operations is no longer inlined to its end; and no method takes or returns a vector, since
 * one that was compiled by itself before may not be inlined any more. What isn't inlined allocates.
 */
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int NEWTON_STEPS = 30;

  /** A threshold that moves less is as good as fp32 gives it. */
  private static final float NEWTON_END = 1e-7f;

  /** Normal, so that its logarithm is known, and nothing to any share. */
  private static final float TINY = 1e-30f;

  private final Product product;
  private final LaneProduct laneProduct;

  VectorKernels() {
    this(Product.best());
  }

  /** With blocks of one's choice. */
  VectorKernels(Product product) {
    this.product = product;
    this.laneProduct = new LaneProduct(product.tall());
  }

  @Override
  public int lanes() {
    return LANES;
  }

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
    product.multiply(m, n, k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
  }

  @Override
  public void multiplyRows(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int ai,
      float[] b,
      int bo,
      int bj,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci) {
    RowProduct.multiply(m, n, k, a, ao, ai, b, bo, bj, d, d0, di, c, co, ci);
  }

  @Override
  public void multiplyLanes(
      int m,
      int n,
      int k,
      int lanes,
      float[] a,
      int ao,
      int am,
      int ak,
      float[] b,
      int bo,
      int bn,
      int bk,
      float[] d,
      int d0,
      int dm,
      int dn,
      float[] c,
      int co,
      int cm,
      int cn) {
    laneProduct.multiply(
        m, n, k, lanes, a, ao, am, ak, b, bo, bn, bk, d, d0, dm, dn, c, co, cm, cn);
  }

  @Override
  public void exp(float[] x, int from, int n) {
    VectorMath.exp(x, from, n, 1);
  }

  @Override
  public float maxMagnitude(float[] x, int from, int n) {
    FloatVector max = FloatVector.zero(SPECIES);
    for (int i = from; i < from + n; i += LANES) {
      max = max.max(FloatVector.fromArray(SPECIES, x, i).abs());
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  @Override
  public void relu(float[] x, int from, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = from; i < from + n; i += LANES) {
      FloatVector.fromArray(SPECIES, x, i).max(zero).intoArray(x, i);
    }
  }

  @Override
  public void reluBackward(float[] out, int outFrom, float[] d, int dFrom, int n, float factor) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> open =
          FloatVector.fromArray(SPECIES, out, outFrom + i).compare(VectorOperators.GT, zero);
      zero.blend(FloatVector.fromArray(SPECIES, d, dFrom + i).mul(factor), open)
          .intoArray(d, dFrom + i);
    }
  }

  @Override
  public void softmax(float[] x, int from, int slices, int rows, int stride) {
    int size = rows * stride;
    for (int slice = from; slice < from + slices * size; slice += size) {
      for (int j = slice; j < slice + stride; j += LANES) {
        VectorMath.softmax(x, j, slice + size, stride);
      }
    }
  }

  /** {@code x ← factor · (x − max)} down the columns of each slice. */
  private static void center(float[] x, int from, int slices, int size, int stride, float factor) {
    for (int slice = from; slice < from + slices * size; slice += size) {
      for (int j = slice; j < slice + stride; j += LANES) {
        FloatVector max = FloatVector.fromArray(SPECIES, x, j);
        for (int at = j + stride; at < slice + size; at += stride) {
          max = max.max(FloatVector.fromArray(SPECIES, x, at));
        }
        for (int at = j; at < slice + size; at += stride) {
          FloatVector.fromArray(SPECIES, x, at).sub(max).mul(factor).intoArray(x, at);
        }
      }
    }
  }

  private static void scaleToOne(float[] x, int from, int slices, int size, int stride) {
    for (int slice = from; slice < from + slices * size; slice += size) {
      for (int j = slice; j < slice + stride; j += LANES) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int at = j; at < slice + size; at += stride) {
          sum = sum.add(FloatVector.fromArray(SPECIES, x, at));
        }
        FloatVector factor = FloatVector.broadcast(SPECIES, 1).div(sum);
        for (int at = j; at < slice + size; at += stride) {
          FloatVector.fromArray(SPECIES, x, at).mul(factor).intoArray(x, at);
        }
      }
    }
  }

  @Override
  public void softmaxBackward(
      float[] p, int pFrom, float[] d, int dFrom, int slices, int rows, int stride) {
    int size = rows * stride;
    for (int s = 0; s < slices; s++) {
      softmaxBackward(p, pFrom + s * size, d, dFrom + s * size, size, stride);
    }
  }

  private static void softmaxBackward(
      float[] p, int pFrom, float[] d, int dFrom, int size, int stride) {
    int j = 0;
    // sums of two columns of vectors at a time, since each is a chain that waits for itself
    for (; j + LANES < stride; j += 2 * LANES) {
      FloatVector dot0 = FloatVector.zero(SPECIES);
      FloatVector dot1 = FloatVector.zero(SPECIES);
      for (int at = j; at < size; at += stride) {
        dot0 =
            FloatVector.fromArray(SPECIES, p, pFrom + at)
                .fma(FloatVector.fromArray(SPECIES, d, dFrom + at), dot0);
        dot1 =
            FloatVector.fromArray(SPECIES, p, pFrom + at + LANES)
                .fma(FloatVector.fromArray(SPECIES, d, dFrom + at + LANES), dot1);
      }
      for (int at = j; at < size; at += stride) {
        FloatVector.fromArray(SPECIES, p, pFrom + at)
            .mul(FloatVector.fromArray(SPECIES, d, dFrom + at).sub(dot0))
            .intoArray(d, dFrom + at);
        FloatVector.fromArray(SPECIES, p, pFrom + at + LANES)
            .mul(FloatVector.fromArray(SPECIES, d, dFrom + at + LANES).sub(dot1))
            .intoArray(d, dFrom + at + LANES);
      }
    }
    if (j < stride) {
      FloatVector dot = FloatVector.zero(SPECIES);
      for (int at = j; at < size; at += stride) {
        dot =
            FloatVector.fromArray(SPECIES, p, pFrom + at)
                .fma(FloatVector.fromArray(SPECIES, d, dFrom + at), dot);
      }
      for (int at = j; at < size; at += stride) {
        FloatVector.fromArray(SPECIES, p, pFrom + at)
            .mul(FloatVector.fromArray(SPECIES, d, dFrom + at).sub(dot))
            .intoArray(d, dFrom + at);
      }
    }
  }

  @Override
  public void entmax(
      float[] x, int from, int slices, int rows, int stride, float alpha, float[] work) {
    int atOnce = Math.max(1, work.length / ((rows + 3) * stride));
    for (int s = 0; s < slices; s += atOnce) {
      int at = from + s * rows * stride;
      entmaxAtOnce(x, at, Math.min(atOnce, slices - s), rows, stride, alpha, work);
    }
  }

  /** The work holds of all slices: first powers, then thresholds, totals and slopes. */
  private static void entmaxAtOnce(
      float[] x, int from, int slices, int rows, int stride, float alpha, float[] work) {
    int size = rows * stride;
    int tau = slices * size;
    int total = tau + slices * stride;
    int slope = total + slices * stride;
    float power = (float) (1 / (alpha - 1.0) - 1);
    float spread = (float) Math.pow(rows, 1 - alpha);
    center(x, from, slices, size, stride, alpha - 1);
    start(x, from, slices, size, stride, spread, work, tau);
    for (int step = 0; step < NEWTON_STEPS; step++) {
      above(x, from, slices, size, stride, work, tau);
      raise(work, 0, slices * size, power);
      totals(x, from, slices, size, stride, work, tau, total, slope);
      if (!move(work, tau, total, slope, slices * stride, 2 - alpha)) {
        break;
      }
    }
    above(x, from, slices, size, stride, work, tau);
    raise(work, 0, slices * size, power);
    shares(x, from, slices, size, stride, work, tau);
    scaleToOne(x, from, slices, size, stride);
  }

  /** Writes thresholds left of those sought, for columns whose largest value is 0. */
  private static void start(
      float[] x, int from, int slices, int size, int stride, float spread, float[] work, int tau) {
    float share = (float) stride / size;
    for (int s = 0; s < slices; s++) {
      for (int j = 0; j < stride; j += LANES) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int at = j; at < size; at += stride) {
          sum = sum.add(FloatVector.fromArray(SPECIES, x, from + s * size + at));
        }
        sum.mul(share).sub(spread).max(-1).intoArray(work, tau + s * stride + j);
      }
    }
  }

  /** Writes how far each value is above its column's threshold, a tiny number if it isn't. */
  private static void above(
      float[] x, int from, int slices, int size, int stride, float[] work, int tau) {
    for (int s = 0; s < slices; s++) {
      for (int j = 0; j < stride; j += LANES) {
        FloatVector threshold = FloatVector.fromArray(SPECIES, work, tau + s * stride + j);
        for (int at = s * size + j; at < (s + 1) * size; at += stride) {
          FloatVector.fromArray(SPECIES, x, from + at).sub(threshold).max(TINY).intoArray(work, at);
        }
      }
    }
  }

  /** {@code x ← x^power} of positive normal numbers. */
  private static void raise(float[] x, int from, int n, float power) {
    if (power == 0) {
      Arrays.fill(x, from, from + n, 1);
    } else if (power == 0.5f) {
      roots(x, from, n);
    } else if (power != 1) {
      VectorMath.log(x, from, n);
      VectorMath.exp(x, from, n, power);
    }
  }

  private static void roots(float[] x, int from, int n) {
    for (int i = from; i < from + n; i += LANES) {
      FloatVector.fromArray(SPECIES, x, i).sqrt().intoArray(x, i);
    }
  }

  /** With t the powers of what is above: Σ t·above and Σ t of each column. */
  private static void totals(
      float[] x,
      int from,
      int slices,
      int size,
      int stride,
      float[] work,
      int tau,
      int total,
      int slope) {
    for (int s = 0; s < slices; s++) {
      for (int j = s * stride; j < (s + 1) * stride; j += LANES) {
        FloatVector threshold = FloatVector.fromArray(SPECIES, work, tau + j);
        FloatVector sum = FloatVector.zero(SPECIES);
        FloatVector slopes = FloatVector.zero(SPECIES);
        for (int at = s * size + j - s * stride; at < (s + 1) * size; at += stride) {
          FloatVector above = FloatVector.fromArray(SPECIES, x, from + at).sub(threshold);
          FloatVector t =
              FloatVector.zero(SPECIES)
                  .blend(
                      FloatVector.fromArray(SPECIES, work, at),
                      above.compare(VectorOperators.GT, 0));
          sum = t.fma(above, sum);
          slopes = slopes.add(t);
        }
        sum.intoArray(work, total + j);
        slopes.intoArray(work, slope + j);
      }
    }
  }

  /**
   * Newton's step. A threshold that is good enough stays, whatever its neighbours still need.
   *
   * @return whether any moved
   */
  private static boolean move(float[] work, int tau, int total, int slope, int n, float power) {
    // the powers' place is free between two steps
    System.arraycopy(work, total, work, 0, n);
    raise(work, 0, n, power);
    return moved(work, tau, total, slope, n) > 0;
  }

  private static float moved(float[] work, int tau, int total, int slope, int n) {
    FloatVector largest = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      FloatVector move =
          FloatVector.fromArray(SPECIES, work, total + i)
              .sub(FloatVector.fromArray(SPECIES, work, i))
              .div(FloatVector.fromArray(SPECIES, work, slope + i));
      FloatVector far = move.abs();
      move = FloatVector.zero(SPECIES).blend(move, far.compare(VectorOperators.GT, NEWTON_END));
      largest = largest.max(move.abs());
      FloatVector.fromArray(SPECIES, work, tau + i).add(move).intoArray(work, tau + i);
    }
    return largest.reduceLanes(VectorOperators.MAX);
  }

  private static void shares(
      float[] x, int from, int slices, int size, int stride, float[] work, int tau) {
    for (int s = 0; s < slices; s++) {
      for (int j = 0; j < stride; j += LANES) {
        FloatVector threshold = FloatVector.fromArray(SPECIES, work, tau + s * stride + j);
        for (int at = s * size + j; at < (s + 1) * size; at += stride) {
          FloatVector above = FloatVector.fromArray(SPECIES, x, from + at).sub(threshold).max(0);
          FloatVector.fromArray(SPECIES, work, at).mul(above).intoArray(x, from + at);
        }
      }
    }
  }

  @Override
  public void entmaxBackward(
      float[] p,
      int pFrom,
      float[] d,
      int dFrom,
      int slices,
      int rows,
      int stride,
      float alpha,
      float[] work) {
    int size = rows * stride;
    int atOnce = Math.max(1, work.length / size);
    for (int s = 0; s < slices; s += atOnce) {
      int count = Math.min(atOnce, slices - s);
      int at = s * size;
      positive(p, pFrom + at, count * size, work);
      raise(work, 0, count * size, 2 - alpha);
      combine(p, pFrom + at, d, dFrom + at, count, size, stride, work);
    }
  }

  private static void positive(float[] p, int from, int n, float[] work) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(SPECIES, p, from + i).max(TINY).intoArray(work, i);
    }
  }

  /** With s in the work wherever p is above 0. */
  private static void combine(
      float[] p, int pFrom, float[] d, int dFrom, int slices, int size, int stride, float[] work) {
    for (int slice = 0; slice < slices * size; slice += size) {
      for (int j = slice; j < slice + stride; j += LANES) {
        FloatVector sum = FloatVector.zero(SPECIES);
        FloatVector dot = FloatVector.zero(SPECIES);
        for (int at = j; at < slice + size; at += stride) {
          VectorMask<Float> open =
              FloatVector.fromArray(SPECIES, p, pFrom + at).compare(VectorOperators.GT, 0);
          FloatVector s =
              FloatVector.zero(SPECIES).blend(FloatVector.fromArray(SPECIES, work, at), open);
          s.intoArray(work, at);
          sum = sum.add(s);
          dot = s.fma(FloatVector.fromArray(SPECIES, d, dFrom + at), dot);
        }
        FloatVector mean = dot.div(sum);
        for (int at = j; at < slice + size; at += stride) {
          FloatVector.fromArray(SPECIES, work, at)
              .mul(FloatVector.fromArray(SPECIES, d, dFrom + at).sub(mean))
              .intoArray(d, dFrom + at);
        }
      }
    }
  }

  @Override
  public float sum(int n, float[] x, int from) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      sum = sum.add(FloatVector.fromArray(SPECIES, x, from + i));
    }
    float rest = 0;
    for (int i = whole; i < n; i++) {
      rest += x[from + i];
    }
    return sum.reduceLanes(VectorOperators.ADD) + rest;
  }

  @Override
  public float dot(int n, float[] x, int xFrom, float[] y, int yFrom) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      sum =
          FloatVector.fromArray(SPECIES, x, xFrom + i)
              .fma(FloatVector.fromArray(SPECIES, y, yFrom + i), sum);
    }
    float rest = 0;
    for (int i = whole; i < n; i++) {
      rest += x[xFrom + i] * y[yFrom + i];
    }
    return sum.reduceLanes(VectorOperators.ADD) + rest;
  }

  @Override
  public void normalizeColumns(
      float[] x, int from, int rows, int n, float epsilon, float[] inverse, int inverseFrom) {
    int end = from + rows * n;
    float share = 1f / rows;
    for (int j = 0; j < n; j += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int at = from + j; at < end; at += n) {
        sum = sum.add(FloatVector.fromArray(SPECIES, x, at));
      }
      FloatVector mean = sum.mul(share);
      FloatVector squares = FloatVector.zero(SPECIES);
      for (int at = from + j; at < end; at += n) {
        FloatVector centered = FloatVector.fromArray(SPECIES, x, at).sub(mean);
        centered.intoArray(x, at);
        squares = centered.fma(centered, squares);
      }
      FloatVector factor =
          FloatVector.broadcast(SPECIES, 1).div(squares.mul(share).add(epsilon).sqrt());
      for (int at = from + j; at < end; at += n) {
        FloatVector.fromArray(SPECIES, x, at).mul(factor).intoArray(x, at);
      }
      factor.intoArray(inverse, inverseFrom + j);
    }
  }

  @Override
  public void normalizeColumnsBackward(
      float[] normalized,
      int from,
      float[] d,
      int dFrom,
      int rows,
      int n,
      float[] inverse,
      int inverseFrom) {
    int end = rows * n;
    float share = 1f / rows;
    for (int j = 0; j < n; j += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      FloatVector products = FloatVector.zero(SPECIES);
      for (int at = j; at < end; at += n) {
        FloatVector gradient = FloatVector.fromArray(SPECIES, d, dFrom + at);
        sum = sum.add(gradient);
        products = gradient.fma(FloatVector.fromArray(SPECIES, normalized, from + at), products);
      }
      FloatVector mean = sum.mul(share);
      FloatVector product = products.mul(share);
      FloatVector factor = FloatVector.fromArray(SPECIES, inverse, inverseFrom + j);
      for (int at = j; at < end; at += n) {
        FloatVector rest = FloatVector.fromArray(SPECIES, normalized, from + at).fma(product, mean);
        FloatVector.fromArray(SPECIES, d, dFrom + at)
            .sub(rest)
            .mul(factor)
            .intoArray(d, dFrom + at);
      }
    }
  }
}
