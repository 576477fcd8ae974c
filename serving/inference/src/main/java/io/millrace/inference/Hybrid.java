package io.millrace.inference;

/**
 * Always-valid while the experiment runs, fixed from its planned end on.
 *
 * <p>Each interval errs with probability α. Whoever stops at the first that leaves 0 out errs more
 * often, by .1 to .9 points at an α of 5 % ({@code docs/research/experiment-inference.md}). {@link
 * GroupSequential} keeps α with nearly the same power.
 *
 * @param whileRunning the method before the end
 * @param plannedUnits units of both arms at the planned end
 */
public record Hybrid(AlwaysValid whileRunning, long plannedUnits) implements IntervalMethod {
  private static final Fixed FIXED = new Fixed();

  public Hybrid {
    if (plannedUnits < 1) {
      throw new IllegalArgumentException(
          "an experiment is planned for 1 unit or more, not for " + plannedUnits);
    }
  }

  @Override
  public double critical(double alpha, Precision precision) {
    return now(precision).critical(alpha, precision);
  }

  @Override
  public double oneSidedCritical(double alpha, Precision precision) {
    return now(precision).oneSidedCritical(alpha, precision);
  }

  @Override
  public double pValue(double statistic, double alpha, Precision precision) {
    return now(precision).pValue(statistic, alpha, precision);
  }

  private IntervalMethod now(Precision precision) {
    return precision.units() < plannedUnits ? whileRunning : FIXED;
  }

  @Override
  public String describe() {
    return "hybrid: always-valid before %d units, fixed from then on".formatted(plannedUnits);
  }
}
