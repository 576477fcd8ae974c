package io.millrace.kernel;

import java.util.Arrays;

/** The specification, one value at a time. */
final class ScalarKernels implements Kernels {
  private static final int NEWTON_STEPS = 50;
  private static final double NEWTON_END = 1e-8;

  @Override
  public int lanes() {
    return PAD;
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
    for (int i = 0; i < m; i++) {
      int to = co + i * ci;
      System.arraycopy(d, d0 + i * di, c, to, n);
      for (int p = 0; p < k; p++) {
        float x = a[ao + i * ai + p * ap];
        int from = bo + p * bp;
        for (int j = 0; j < n; j++) {
          c[to + j] += x * b[from + j];
        }
      }
    }
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
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = d[d0 + i * di + j];
        for (int p = 0; p < k; p++) {
          sum += a[ao + i * ai + p] * b[bo + j * bj + p];
        }
        c[co + i * ci + j] = sum;
      }
    }
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
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        int to = co + i * cm + j * cn;
        if (d == NOTHING) {
          Arrays.fill(c, to, to + lanes, 0);
        } else {
          System.arraycopy(d, d0 + i * dm + j * dn, c, to, lanes);
        }
        for (int p = 0; p < k; p++) {
          int left = ao + i * am + p * ak;
          int right = bo + j * bn + p * bk;
          for (int l = 0; l < lanes; l++) {
            c[to + l] += a[left + l] * b[right + l];
          }
        }
      }
    }
  }

  @Override
  public void exp(float[] x, int from, int n) {
    for (int i = from; i < from + n; i++) {
      x[i] = (float) Math.exp(Math.max(-87, Math.min(87, x[i])));
    }
  }

  @Override
  public float maxMagnitude(float[] x, int from, int n) {
    float max = 0;
    for (int i = from; i < from + n; i++) {
      max = Math.max(max, Math.abs(x[i]));
    }
    return max;
  }

  @Override
  public void relu(float[] x, int from, int n) {
    for (int i = from; i < from + n; i++) {
      x[i] = Math.max(x[i], 0);
    }
  }

  @Override
  public void reluBackward(float[] out, int outFrom, float[] d, int dFrom, int n, float factor) {
    for (int i = 0; i < n; i++) {
      d[dFrom + i] = out[outFrom + i] > 0 ? factor * d[dFrom + i] : 0;
    }
  }

  @Override
  public void softmax(float[] x, int from, int slices, int rows, int stride) {
    for (int s = 0; s < slices; s++) {
      softmax(x, from + s * rows * stride, rows, stride);
    }
  }

  private static void softmax(float[] x, int from, int rows, int stride) {
    int end = from + rows * stride;
    for (int j = 0; j < stride; j++) {
      float max = Float.NEGATIVE_INFINITY;
      for (int at = from + j; at < end; at += stride) {
        max = Math.max(max, x[at]);
      }
      double sum = 0;
      for (int at = from + j; at < end; at += stride) {
        x[at] = (float) Math.exp(x[at] - max);
        sum += x[at];
      }
      for (int at = from + j; at < end; at += stride) {
        x[at] = (float) (x[at] / sum);
      }
    }
  }

  @Override
  public void softmaxBackward(
      float[] p, int pFrom, float[] d, int dFrom, int slices, int rows, int stride) {
    for (int s = 0; s < slices; s++) {
      int slice = s * rows * stride;
      softmaxBackward(p, pFrom + slice, d, dFrom + slice, rows, stride);
    }
  }

  private static void softmaxBackward(
      float[] p, int pFrom, float[] d, int dFrom, int rows, int stride) {
    int end = rows * stride;
    for (int j = 0; j < stride; j++) {
      double dot = 0;
      for (int at = j; at < end; at += stride) {
        dot += p[pFrom + at] * d[dFrom + at];
      }
      for (int at = j; at < end; at += stride) {
        d[dFrom + at] = (float) (p[pFrom + at] * (d[dFrom + at] - dot));
      }
    }
  }

  @Override
  public void entmax(
      float[] x, int from, int slices, int rows, int stride, float alpha, float[] work) {
    for (int s = 0; s < slices; s++) {
      entmax(x, from + s * rows * stride, rows, stride, alpha);
    }
  }

  private static void entmax(float[] x, int from, int rows, int stride, float alpha) {
    int end = from + rows * stride;
    double power = 1 / (alpha - 1.0);
    for (int j = 0; j < stride; j++) {
      double max = Double.NEGATIVE_INFINITY;
      double mean = 0;
      for (int at = from + j; at < end; at += stride) {
        double value = (alpha - 1) * x[at];
        max = Math.max(max, value);
        mean += value / rows;
      }
      double tau = Math.max(max - 1, mean - Math.pow(rows, 1 - alpha));
      double move = 1;
      for (int step = 0; step < NEWTON_STEPS && Math.abs(move) > NEWTON_END; step++) {
        double total = 0;
        double slope = 0;
        for (int at = from + j; at < end; at += stride) {
          double above = Math.max((alpha - 1) * x[at] - tau, 0);
          double t = above > 0 ? Math.pow(above, power - 1) : 0;
          total += t * above;
          slope += t;
        }
        move = (total - Math.pow(total, 2 - alpha)) / slope;
        tau += move;
      }
      double sum = 0;
      for (int at = from + j; at < end; at += stride) {
        double share = Math.pow(Math.max((alpha - 1) * x[at] - tau, 0), power);
        sum += share;
        x[at] = (float) share;
      }
      for (int at = from + j; at < end; at += stride) {
        x[at] = (float) (x[at] / sum);
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
    for (int s = 0; s < slices; s++) {
      int slice = s * rows * stride;
      entmaxBackward(p, pFrom + slice, d, dFrom + slice, rows, stride, alpha);
    }
  }

  private static void entmaxBackward(
      float[] p, int pFrom, float[] d, int dFrom, int rows, int stride, float alpha) {
    int end = rows * stride;
    for (int j = 0; j < stride; j++) {
      double sum = 0;
      double dot = 0;
      for (int at = j; at < end; at += stride) {
        double s = slope(p[pFrom + at], alpha);
        sum += s;
        dot += s * d[dFrom + at];
      }
      for (int at = j; at < end; at += stride) {
        d[dFrom + at] = (float) (slope(p[pFrom + at], alpha) * (d[dFrom + at] - dot / sum));
      }
    }
  }

  private static double slope(float p, float alpha) {
    return p > 0 ? Math.pow(p, 2 - alpha) : 0;
  }

  @Override
  public float sum(int n, float[] x, int from) {
    double sum = 0;
    for (int i = from; i < from + n; i++) {
      sum += x[i];
    }
    return (float) sum;
  }

  @Override
  public float dot(int n, float[] x, int xFrom, float[] y, int yFrom) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xFrom + i] * y[yFrom + i];
    }
    return (float) sum;
  }

  @Override
  public void normalizeColumns(
      float[] x, int from, int rows, int n, float epsilon, float[] inverse, int inverseFrom) {
    int end = from + rows * n;
    for (int j = 0; j < n; j++) {
      double mean = 0;
      for (int at = from + j; at < end; at += n) {
        mean += x[at] / rows;
      }
      double variance = 0;
      for (int at = from + j; at < end; at += n) {
        x[at] -= (float) mean;
        variance += x[at] * x[at] / rows;
      }
      float factor = (float) (1 / Math.sqrt(variance + epsilon));
      for (int at = from + j; at < end; at += n) {
        x[at] *= factor;
      }
      inverse[inverseFrom + j] = factor;
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
    for (int j = 0; j < n; j++) {
      double mean = 0;
      double product = 0;
      for (int at = j; at < end; at += n) {
        mean += d[dFrom + at] / rows;
        product += d[dFrom + at] * normalized[from + at] / rows;
      }
      for (int at = j; at < end; at += n) {
        double rest = mean + product * normalized[from + at];
        d[dFrom + at] = (float) (inverse[inverseFrom + j] * (d[dFrom + at] - rest));
      }
    }
  }
}
