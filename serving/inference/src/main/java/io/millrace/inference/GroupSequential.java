package io.millrace.inference;

import io.millrace.inference.boundary.Roots;
import java.util.List;

/**
 * The repeated confidence interval of a plan with a known end, at the last of some looks: Jennison
 * and Turnbull, "Interim analyses: the repeated confidence interval approach", JRSS B 51(3), 1989.
 * It is nearly as narrow as the fixed one where the end is known, and valid however looks are
 * spaced, as long as their times do not depend on what was seen.
 *
 * @param spending how the error probability is spent
 * @param looks share of the planned information at each look so far, rising, at most 1; the last is
 *     now
 */
public record GroupSequential(Spending spending, List<Double> looks) implements IntervalMethod {
  private static final double LEAST_P = 1e-12;
  private static final double HIGHEST_P = 0.999;

  public GroupSequential {
    looks = List.copyOf(looks);
    double before = 0;
    for (double look : looks) {
      if (!(look > before && look <= 1)) {
        throw new IllegalArgumentException(
            "shares of information at looks rise from above 0 to at most 1, but are " + looks);
      }
      before = look;
    }
    if (looks.isEmpty()) {
      throw new IllegalArgumentException("a group-sequential interval needs a look, but has none");
    }
  }

  /**
   * The critical value of each look.
   *
   * @param alpha error probability of both sides together
   */
  public double[] boundary(double alpha) {
    return SequentialBoundary.of(
        spending,
        Normal.probability(alpha),
        looks.stream().mapToDouble(Double::doubleValue).toArray());
  }

  @Override
  public double critical(double alpha, Precision precision) {
    return boundary(alpha)[looks.size() - 1];
  }

  /** The upper half of a two-sided boundary with twice the error. */
  @Override
  public double oneSidedCritical(double alpha, Precision precision) {
    return critical(Math.min(HIGHEST_P, 2 * alpha), precision);
  }

  /**
   * The least α whose boundary the statistic reaches at this look, or {@value #LEAST_P} where that
   * is less.
   */
  @Override
  public double pValue(double statistic, double alpha, Precision precision) {
    double size = Math.abs(statistic);
    if (critical(HIGHEST_P, precision) > size) {
      return 1;
    }
    if (critical(LEAST_P, precision) <= size) {
      return LEAST_P;
    }
    return Math.exp(
        Roots.solve(
            logarithm -> size - Math.min(100, critical(Math.exp(logarithm), precision)),
            Math.log(LEAST_P),
            Math.log(HIGHEST_P),
            1e-7));
  }

  @Override
  public String describe() {
    return "group-sequential: look %d, at %.4g of the planned information"
        .formatted(looks.size(), looks.get(looks.size() - 1));
  }
}
