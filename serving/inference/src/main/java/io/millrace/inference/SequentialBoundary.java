package io.millrace.inference;

import io.millrace.inference.boundary.Roots;
import java.util.Arrays;

/**
 * The boundary of a group-sequential test by the recursion of Armitage, McPherson and Rowe,
 * "Repeated significance tests on accumulating data", JRSS A 132(2), 1969: the density of the
 * statistic among the experiments that did not stop is carried from look to look, and each look's
 * boundary is where the probability of stopping is what may be spent. Grid and Simpson's weights
 * are those of Jennison and Turnbull, "Group Sequential Methods", 1999, section 19.2.
 *
 * <p>Symmetric and two-sided; each side spends half of α. Where the statistic may cross either
 * side, the boundary counts the first crossing of any.
 */
final class SequentialBoundary {
  /** Beyond this no probability is left. */
  private static final double FARTHEST = 37;

  private SequentialBoundary() {}

  /**
   * Critical values of the standardised statistic.
   *
   * @param shares of the planned information at each look, rising, at most 1
   * @param alpha of both sides together
   * @return as long as {@code shares}; infinite where nothing may be spent
   */
  static double[] of(Spending spending, double alpha, double[] shares) {
    int density = density(shares);
    double[] boundary = new double[shares.length];
    Grid grid = null;
    double spent = 0;
    for (int k = 0; k < shares.length; k++) {
      double total = spending.spent(alpha / 2, shares[k]);
      double allowed = total - spent;
      spent = total;
      if (grid == null) {
        boundary[k] =
            allowed > 1e-290
                ? Math.min(FARTHEST, Normal.upperQuantile(allowed))
                : Double.POSITIVE_INFINITY;
        grid = Grid.first(density, Math.min(boundary[k], FARTHEST));
      } else {
        Step step = new Step(shares[k - 1], shares[k]);
        Grid before = grid;
        boundary[k] =
            before.upperCrossing(step, FARTHEST) < allowed
                ? Roots.bisect(bound -> allowed - before.upperCrossing(step, bound), 0, FARTHEST)
                : Double.POSITIVE_INFINITY;
        grid = before.next(step, density, Math.min(boundary[k], FARTHEST));
      }
    }
    return boundary;
  }

  /** Enough points for the narrowest step: two for the standard deviation of its statistic. */
  private static int density(double[] shares) {
    double narrowest = 1;
    for (int k = 1; k < shares.length; k++) {
      narrowest = Math.min(narrowest, Math.sqrt((shares[k] - shares[k - 1]) / shares[k]));
    }
    return (int) Math.min(300, Math.max(18, Math.ceil(1.5 / narrowest)));
  }

  /** From a look to the next: Z' = (Z √from + √(to − from) N) / √to with N standard normal. */
  private record Step(double from, double to) {
    double spread() {
      return Math.sqrt(to - from);
    }
  }

  /** Points z of the statistic with mass: weight times density of not having stopped. */
  private record Grid(double[] points, double[] mass) {
    static Grid first(int density, double bound) {
      double[] points = points(density, bound);
      double[] mass = weights(points);
      for (int i = 0; i < points.length; i++) {
        mass[i] *= Normal.density(points[i]);
      }
      return new Grid(points, mass);
    }

    double upperCrossing(Step step, double bound) {
      double sum = 0;
      double from = Math.sqrt(step.from());
      double to = bound * Math.sqrt(step.to());
      for (int i = 0; i < points.length; i++) {
        double z = (to - points[i] * from) / step.spread();
        // Farther out there is less than 1e-23.
        if (z < 10 || sum == 0) {
          sum += mass[i] * Normal.survival(z);
        }
      }
      return sum;
    }

    Grid next(Step step, int density, double bound) {
      double[] after = points(density, bound);
      double[] result = weights(after);
      double from = Math.sqrt(step.from());
      double to = Math.sqrt(step.to());
      double scale = to / step.spread() / Math.sqrt(2 * Math.PI);
      for (int j = 0; j < after.length; j++) {
        double sum = 0;
        for (int i = 0; i < points.length; i++) {
          double z = (after[j] * to - points[i] * from) / step.spread();
          if (Math.abs(z) < 9) {
            sum += mass[i] * Math.exp(-z * z / 2);
          }
        }
        result[j] *= sum * scale;
      }
      return new Grid(after, result);
    }

    /** Within ±bound; odd number, each even one in the middle of its neighbours. */
    private static double[] points(int r, double bound) {
      double[] ends = new double[6 * r - 1];
      for (int i = 1; i < 6 * r; i++) {
        double point;
        if (i < r) {
          point = -3 - 4 * Math.log((double) r / i);
        } else if (i <= 5 * r) {
          point = -3 + 3.0 * (i - r) / (2.0 * r);
        } else {
          point = 3 + 4 * Math.log((double) r / (6 * r - i));
        }
        ends[i - 1] = Math.max(-bound, Math.min(bound, point));
      }
      double[] distinct = Arrays.stream(ends).distinct().toArray();
      double[] points = new double[2 * distinct.length - 1];
      for (int i = 0; i < distinct.length; i++) {
        points[2 * i] = distinct[i];
        if (i > 0) {
          points[2 * i - 1] = (distinct[i - 1] + distinct[i]) / 2;
        }
      }
      return points;
    }

    /** Of Simpson's rule. */
    private static double[] weights(double[] points) {
      double[] weights = new double[points.length];
      for (int i = 0; i + 2 < points.length; i += 2) {
        double sixth = (points[i + 2] - points[i]) / 6;
        weights[i] += sixth;
        weights[i + 1] += 4 * sixth;
        weights[i + 2] += sixth;
      }
      return weights;
    }
  }
}
