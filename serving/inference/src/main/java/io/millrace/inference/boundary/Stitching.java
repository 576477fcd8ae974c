package io.millrace.inference.boundary;

/**
 * Boundaries that are stitched of straight lines over epochs, and of the empirical process. They
 * have a closed form and follow the law of the iterated logarithm.
 */
public final class Stitching {
  private Stitching() {}

  /**
   * Polynomial stitching for sub-gamma sums (Howard et al. 2021, theorem 1 and eq. 10).
   *
   * @param time V
   * @param firstTime before which the boundary is flat
   * @param scale c of the sub-gamma sum, negative for one bounded above
   * @param power s above 1, by which error is spent over epochs
   * @param epoch η above 1, the ratio of times of epochs
   */
  public static double polynomial(
      double time, double alpha, double firstTime, double scale, double power, double epoch) {
    double v = Math.max(time, firstTime);
    double ell =
        power * Math.log(Math.log(epoch * v / firstTime))
            + Math.log(zeta(power) / Math.pow(Math.log(epoch), power))
            - Math.log(alpha);
    return subGamma(v, ell, scale, epoch);
  }

  /**
   * How far a quantile's share may stray at a time, as a sum, for all quantiles and times together
   * (Howard and Ramdas, "Sequential estimation of quantiles with applications to A/B testing and
   * best-arm identification", Bernoulli 28(3), 2022, by double stitching).
   *
   * @param quantile p
   * @param time number of observations t
   * @param firstTime from which on it is tight
   * @param grid δ, the step of quantiles in logits
   */
  public static double allQuantiles(
      double quantile,
      double time,
      double alpha,
      double firstTime,
      double grid,
      double power,
      double epoch) {
    double t = Math.max(time, firstTime);
    double logit = Math.log(quantile / (1 - quantile));
    double near =
        quantile >= 0.5
            ? quantile
            : Math.min(
                0.5, 1 / (1 + Math.exp(-logit - 2 * grid * Math.sqrt(firstTime * epoch / t))));
    double variance = near * (1 - near);
    double row = Math.sqrt(t / firstTime) * Math.abs(logit) / (2 * grid) + 1;
    double zeta = zeta(power);
    double ell =
        power * Math.log(Math.log(epoch * t / firstTime))
            + power * Math.log(row)
            + Math.log(2 * zeta * (2 * zeta + 1) / (alpha * Math.pow(Math.log(epoch), power)));
    return grid * Math.sqrt(epoch * t * variance / firstTime)
        + subGamma(variance * t, ell, (1 - 2 * quantile) / 3, epoch);
  }

  private static double subGamma(double time, double ell, double scale, double epoch) {
    double k1 = (Math.pow(epoch, 0.25) + Math.pow(epoch, -0.25)) / Math.sqrt(2);
    double linear = (Math.sqrt(epoch) + 1) / 2 * scale * ell;
    return Math.sqrt(k1 * k1 * time * ell + linear * linear) + linear;
  }

  /**
   * How far an empirical distribution function is from the true one, at all values and times
   * together: A √((ln(1 + ln(t/m)) + C) / t) (Howard and Ramdas 2022).
   *
   * @param time t, number of observations
   * @param firstTime m, before which nothing is said
   * @param factor A, above 1/√2
   */
  public static double empiricalProcess(
      double time, double alpha, double firstTime, double factor) {
    if (time < firstTime) {
      return Double.POSITIVE_INFINITY;
    }
    double high = 5;
    while (leastError(high, factor) > alpha) {
      high *= 2;
    }
    double constant = Roots.bisect(c -> leastError(c, factor) - alpha, 1e-3, high);
    return factor * Math.sqrt((Math.log1p(Math.log(time / firstTime)) + constant) / time);
  }

  /** The error probability of a constant C, with the best ratio η of epochs. */
  private static double leastError(double constant, double factor) {
    double largest =
        Roots.bisect(
            epoch -> Math.sqrt(epoch / 2) + Math.sqrt(2 * (epoch - 1) / constant) - factor,
            1,
            2 * factor * factor);
    return Roots.minimum(
        epoch -> {
          double reach = factor - Math.sqrt(2 * (epoch - 1) / constant);
          double gamma = 2 / epoch * reach * reach;
          return gamma <= 1
              ? Double.POSITIVE_INFINITY
              : 4 * Math.exp(-gamma * constant) * (1 + 1 / ((gamma - 1) * Math.log(epoch)));
        },
        1,
        largest);
  }

  /** Riemann's ζ(s) for s above 1, by Euler and Maclaurin's summation after twenty terms. */
  static double zeta(double s) {
    int n = 20;
    double sum = 0;
    for (int k = 1; k < n; k++) {
      sum += Math.pow(k, -s);
    }
    double last = Math.pow(n, -s);
    return sum
        + n * last / (s - 1)
        + last / 2
        + s * last / (12.0 * n)
        - s * (s + 1) * (s + 2) * last / (720.0 * n * n * n);
  }
}
