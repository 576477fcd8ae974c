package io.millrace.trainer;

/**
 * How spread the representations of a field are over examples: where they have collapsed, all
 * examples look alike. Of several fields, each is taken about its own mean, since fields differ
 * from each other even when nothing is left of their values.
 *
 * @param variance over fields, examples and dimensions
 * @param effectiveRank exponential of the entropy of the singular values' shares (Roy and Vetterli,
 *     EUSIPCO 2007), 1 to h
 */
public record Spread(double variance, double effectiveRank) {
  private static final int SWEEPS = 30;

  /**
   * Of vectors of several fields.
   *
   * @param vectors [n, F, h]
   */
  static Spread of(float[] vectors, int n, int fields, int h) {
    double[] mean = new double[fields * h];
    for (int i = 0; i < n * fields * h; i++) {
      mean[i % mean.length] += vectors[i] / (double) n;
    }
    double[][] covariance = new double[h][h];
    double count = (double) n * fields;
    for (int i = 0; i < n * fields; i++) {
      int m = i % fields * h;
      for (int a = 0; a < h; a++) {
        double x = vectors[i * h + a] - mean[m + a];
        for (int b = 0; b <= a; b++) {
          covariance[a][b] += x * (vectors[i * h + b] - mean[m + b]) / count;
        }
      }
    }
    double variance = 0;
    for (int a = 0; a < h; a++) {
      variance += covariance[a][a] / h;
      for (int b = 0; b < a; b++) {
        covariance[b][a] = covariance[a][b];
      }
    }
    return new Spread(variance, rank(eigenvalues(covariance)));
  }

  private static double rank(double[] variances) {
    double total = 0;
    for (double variance : variances) {
      total += Math.sqrt(Math.max(0, variance));
    }
    double entropy = 0;
    for (double variance : variances) {
      double share = Math.sqrt(Math.max(0, variance)) / total;
      entropy -= share > 0 ? share * Math.log(share) : 0;
    }
    return Math.exp(entropy);
  }

  /** Of a symmetric matrix, which is overwritten (cyclic Jacobi rotations). */
  private static double[] eigenvalues(double[][] a) {
    int n = a.length;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (a[p][q] != 0) {
            rotate(a, p, q);
          }
        }
      }
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = a[i][i];
    }
    return values;
  }

  /** Makes a[p][q] zero. */
  private static void rotate(double[][] a, int p, int q) {
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
    double c = 1 / Math.hypot(t, 1);
    double s = t * c;
    for (int k = 0; k < a.length; k++) {
      double kp = a[k][p];
      double kq = a[k][q];
      a[k][p] = c * kp - s * kq;
      a[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < a.length; k++) {
      double pk = a[p][k];
      double qk = a[q][k];
      a[p][k] = c * pk - s * qk;
      a[q][k] = s * pk + c * qk;
    }
  }
}
