package io.millrace.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A treatment beside a control in one metric.
 *
 * <p>All effects are smooth functions of the means of the units' parts, and their variances follow
 * by the delta method with units as independent clusters (Deng, Knoblich and Lu, "Applying the
 * delta method in metric analytics", KDD 2018). In an arm with means y, n of the metric and x, m of
 * the covariate the level is
 *
 * <pre>
 * R' = y/n − θ (x/m − c)       c = (x/m) of both arms together
 * </pre>
 *
 * <p>with θ = cov(R, C) / var(C), the slope of the linearised ratios over the units of both arms,
 * taken as known. θ = 0 without adjustment. The difference is R'ₜ − R'꜀, the relative lift (R'ₜ −
 * R'꜀)/|R'꜀|. Its sign is that of the difference where control's level is negative too.
 *
 * @param strata one for units that are not parted
 */
public record Comparison(Metric metric, Adjustment adjustment, List<Stratum> strata) {
  /** A variance needs two units in each arm. */
  public static final long FEWEST_UNITS = 2;

  /**
   * A proportion is nearly normal from so many ones and zeros in each arm on. With fewer, {@link
   * io.millrace.inference.boundary.BernoulliSequence} and {@link Allocation#logRateRatio} are
   * exact.
   */
  public static final long FEWEST_EVENTS = 5;

  /** How many standard errors control's level, or a denominator, must be from 0 to divide by it. */
  public static final double FAR_FROM_ZERO = 3;

  private static final int CONTROL = 0;
  private static final int TREATMENT = 1;

  public Comparison {
    if (strata.isEmpty()) {
      throw new IllegalArgumentException("a comparison needs a stratum, but has none");
    }
    strata = List.copyOf(strata);
  }

  /** Without adjustment and strata. */
  public static Comparison of(Metric metric, Moments control, Moments treatment) {
    return new Comparison(metric, Adjustment.NONE, List.of(new Stratum("all", control, treatment)));
  }

  /** The same with CUPED. */
  public Comparison cuped() {
    return new Comparison(metric, Adjustment.CUPED, strata);
  }

  /** Treatment's level less control's. */
  public Effect difference() {
    return effect(Effect.Scale.DIFFERENCE);
  }

  /** The difference by the size of control's level. */
  public Effect relativeLift() {
    return effect(Effect.Scale.RELATIVE);
  }

  private Effect effect(Effect.Scale scale) {
    Stratum all = strata.stream().reduce((a, b) -> Stratum.together("all", a, b)).orElseThrow();
    for (int arm = 0; arm < 2; arm++) {
      Moments moments = arm == CONTROL ? all.control() : all.treatment();
      if (moments.count() < FEWEST_UNITS) {
        return absent(
            Effect.Reason.TOO_FEW_UNITS,
            "%s has %d units, and a variance needs %d"
                .formatted(name(arm), moments.count(), FEWEST_UNITS));
      }
      if (metric == Metric.PROPORTION && !isProportion(moments)) {
        return absent(
            Effect.Reason.NOT_A_PROPORTION,
            "units of a proportion are 0 or 1, and units of %s are not".formatted(name(arm)));
      }
      if (metric == Metric.PROPORTION) {
        double ones = moments.sum(Part.NUMERATOR);
        if (Math.min(ones, moments.count() - ones) < FEWEST_EVENTS) {
          return absent(
              Effect.Reason.TOO_FEW_UNITS,
              "%s has %.0f units with 1 and %.0f with 0, and a normal approximation needs %d of each"
                  .formatted(name(arm), ones, moments.count() - ones, FEWEST_EVENTS));
        }
      }
    }
    List<String> notes = new ArrayList<>();
    List<Stratum> used = largeEnough(notes);
    JointMeans joint = JointMeans.of(used, metric);
    for (int arm = 0; arm < 2; arm++) {
      if (nearZero(
          joint.mean(arm, Part.DENOMINATOR), joint.varianceOfMean(arm, Part.DENOMINATOR))) {
        return absent(
            Effect.Reason.DENOMINATOR_NEAR_ZERO,
            "the denominators of %s have mean %s, too near to 0 to divide by"
                .formatted(name(arm), joint.mean(arm, Part.DENOMINATOR)));
      }
    }
    double share = (double) all.control().count() / all.units();
    double theta = adjustment == Adjustment.NONE ? 0 : theta(joint, share, notes);
    Levels levels = Levels.of(joint, theta, share);
    double[] gradient = levels.differenceGradient();
    double degreesOfFreedom = degreesOfFreedom(joint, gradient, all, used.size());
    double value = levels.treatment() - levels.control();
    if (joint.variance(gradient) == 0) {
      return absent(
          Effect.Reason.NO_VARIATION,
          "all units of each arm have one value, so nothing says how sure the difference %s is"
              .formatted(value));
    }
    if (scale == Effect.Scale.RELATIVE) {
      double baselineVariance = joint.variance(levels.controlGradient());
      if (nearZero(levels.control(), baselineVariance)) {
        return absent(
            Effect.Reason.BASELINE_NEAR_ZERO,
            "control's level %s is less than %.0f standard errors (%.4g each) from 0, so a lift relative to it means nothing"
                .formatted(levels.control(), FAR_FROM_ZERO, Math.sqrt(baselineVariance)));
      }
      value /= Math.abs(levels.control());
      gradient = levels.liftGradient();
    }
    double variance = joint.variance(gradient);
    if (variance == 0) {
      return absent(
          Effect.Reason.NO_VARIATION,
          "treatment's level is 0 in all units, so nothing says how sure the lift %s is"
              .formatted(value));
    }
    Adjustment done = theta == 0 ? Adjustment.NONE : Adjustment.CUPED;
    double kept = theta == 0 && used.size() == 1 ? 1 : variance / plainVariance(scale, all, share);
    return new Effect.Known(
        scale,
        value,
        variance,
        degreesOfFreedom,
        all.units(),
        levels.control(),
        levels.treatment(),
        new Computation(metric, done, theta, kept, used.size(), notes));
  }

  private double plainVariance(Effect.Scale scale, Stratum all, double share) {
    JointMeans joint = JointMeans.of(List.of(all), metric);
    Levels levels = Levels.of(joint, 0, share);
    return joint.variance(
        scale == Effect.Scale.RELATIVE ? levels.liftGradient() : levels.differenceGradient());
  }

  /**
   * Strata with two units in each arm; the others are put together, and into the largest if need
   * be.
   */
  private List<Stratum> largeEnough(List<String> notes) {
    List<Stratum> large = new ArrayList<>();
    List<Stratum> small = new ArrayList<>();
    for (Stratum stratum : strata) {
      if (stratum.units() > 0) {
        (stratum.fewest() < FEWEST_UNITS ? small : large).add(stratum);
      }
    }
    if (small.isEmpty()) {
      return large;
    }
    notes.add(
        "strata with fewer than %d units in an arm were put together: %s"
            .formatted(
                FEWEST_UNITS, String.join(", ", small.stream().map(Stratum::name).toList())));
    Stratum rest = small.stream().reduce((a, b) -> Stratum.together("others", a, b)).orElseThrow();
    while (rest.fewest() < FEWEST_UNITS && !large.isEmpty()) {
      Stratum largest =
          large.stream().max((a, b) -> Long.compare(a.units(), b.units())).orElseThrow();
      large.remove(largest);
      notes.add("they are still too few, and were added to " + largest.name());
      rest = Stratum.together(largest.name(), largest, rest);
    }
    large.add(rest);
    return large;
  }

  private static double theta(JointMeans joint, double share, List<String> notes) {
    for (int arm = 0; arm < 2; arm++) {
      double denominator = joint.mean(arm, Part.COVARIATE_DENOMINATOR);
      if (nearZero(denominator, joint.varianceOfMean(arm, Part.COVARIATE_DENOMINATOR))) {
        notes.add(
            "CUPED was not applied: the covariate's denominators of %s have mean %s, too near to 0"
                .formatted(name(arm), denominator));
        return 0;
      }
    }
    double[] metric = Levels.unitGradient(joint, share, Part.NUMERATOR, Part.DENOMINATOR);
    double[] covariate =
        Levels.unitGradient(joint, share, Part.COVARIATE, Part.COVARIATE_DENOMINATOR);
    double variance = quadratic(covariate, joint.unit(), covariate);
    if (!(variance > 0)) {
      notes.add("CUPED was not applied: all units have one value of the covariate");
      return 0;
    }
    double theta = quadratic(metric, joint.unit(), covariate) / variance;
    if (theta == 0) {
      notes.add("CUPED was not applied: metric and covariate do not vary together");
    }
    return theta;
  }

  private static double quadratic(double[] left, double[][] matrix, double[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j < right.length; j++) {
        sum += left[i] * matrix[i][j] * right[j];
      }
    }
    return sum;
  }

  /** Of Welch (Biometrika 34, 1947) and Satterthwaite (Biometrics Bulletin 2, 1946). */
  private double degreesOfFreedom(JointMeans joint, double[] gradient, Stratum all, int parts) {
    if (metric == Metric.PROPORTION) {
      return Double.POSITIVE_INFINITY;
    }
    double control = joint.variance(CONTROL, gradient);
    double treatment = joint.variance(TREATMENT, gradient);
    double total = control + treatment;
    double a = control / total;
    double b = treatment / total;
    return 1
        / (a * a / (all.control().count() - parts) + b * b / (all.treatment().count() - parts));
  }

  private static boolean nearZero(double mean, double variance) {
    return !(mean * mean > FAR_FROM_ZERO * FAR_FROM_ZERO * variance);
  }

  private static boolean isProportion(Moments moments) {
    double[] sums = Arrays.stream(Part.values()).mapToDouble(moments::sum).toArray();
    double ones = sums[Part.NUMERATOR.ordinal()];
    double mean = ones / moments.count();
    double expected = ones * (1 - mean);
    return sums[Part.DENOMINATOR.ordinal()] == moments.count()
        && moments.deviations(Part.DENOMINATOR, Part.DENOMINATOR) == 0
        && mean >= 0
        && mean <= 1
        && Math.abs(moments.deviations(Part.NUMERATOR, Part.NUMERATOR) - expected)
            <= 1e-9 * Math.max(1, expected);
  }

  private static String name(int arm) {
    return arm == CONTROL ? "control" : "treatment";
  }

  private static Effect.Absent absent(Effect.Reason reason, String words) {
    return new Effect.Absent(reason, words);
  }
}
