package io.millrace.inference;

import io.millrace.inference.boundary.Roots;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Whether counts of arms follow the shares that were meant: a mismatch means that units were lost
 * or counted twice, and that no other figure of the experiment can be believed.
 *
 * <p>The anytime-valid test mixes over a Dirichlet distribution with parameters k θ₀ (Lindon and
 * Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022, arXiv 2011.03567).
 * With counts c its Bayes factor against shares θ is
 *
 * <pre>
 * B(k θ₀ + c) / B(k θ₀) / Π θᵢ^cᵢ
 * </pre>
 *
 * with the multivariate beta function B. It may be looked at after every unit.
 */
public final class Allocation {
  /** The level at which a mismatch closes a read-out. */
  public static final double ALARM = 0.001;

  /** Concentration k of the prior where nothing else is said. */
  public static final double CONCENTRATION = 100;

  private final double[] shares;
  private final double[] prior;

  /**
   * @param weights of the arms, above 0; only their ratios count
   * @param concentration k of the prior, above 0: the larger, the smaller the mismatch that is
   *     found soonest
   */
  public Allocation(double[] weights, double concentration) {
    double total = Arrays.stream(weights).sum();
    if (weights.length < 2
        || Arrays.stream(weights).anyMatch(w -> !(w > 0))
        || !(total < Double.POSITIVE_INFINITY)
        || !(concentration > 0)) {
      throw new IllegalArgumentException(
          "an allocation has two or more weights above 0 and a concentration above 0, not %s and %s"
              .formatted(Arrays.toString(weights), concentration));
    }
    shares = Arrays.stream(weights).map(w -> w / total).toArray();
    prior = Arrays.stream(shares).map(s -> s * concentration).toArray();
  }

  /** With the usual prior. */
  public Allocation(double[] weights) {
    this(weights, CONCENTRATION);
  }

  /**
   * p value of Pearson's χ² test, valid at one look; 1 without units.
   *
   * @param counts of units in the arms
   */
  public double fixedPValue(long[] counts) {
    double units = total(counts);
    if (units == 0) {
      return 1;
    }
    double statistic = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = units * shares[i];
      statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return ChiSquaredDistribution.of(counts.length - 1.0).survivalProbability(statistic);
  }

  /** p value that holds however often it is looked at; not the least so far, but that of now. */
  public double anytimePValue(long[] counts) {
    total(counts);
    double evidence = logMixture(counts);
    for (int i = 0; i < counts.length; i++) {
      evidence -= counts[i] * Math.log(shares[i]);
    }
    return Math.min(1, Math.exp(-evidence));
  }

  /**
   * The anytime-valid interval of an arm's share: those for which some shares of the others are not
   * ruled out.
   */
  public Interval share(int arm, long[] counts, double alpha) {
    double units = total(counts);
    double count = counts[arm];
    double others = 0;
    for (int i = 0; i < counts.length; i++) {
      others += i == arm || counts[i] == 0 ? 0 : counts[i] * Math.log(counts[i] / (units - count));
    }
    double rest = others;
    double threshold = logMixture(counts) + Math.log(Normal.probability(alpha));
    // The others' best shares are as their counts.
    DoubleUnaryOperator evidence =
        share ->
            threshold
                - rest
                - (count == 0 ? 0 : count * Math.log(share))
                - (units == count ? 0 : (units - count) * Math.log1p(-share));
    double best = units == 0 ? shares[arm] : count / units;
    double p = anytimePValue(counts);
    String method = "anytime-valid: Dirichlet mixture";
    return units == 0
        ? new Interval(0, 1, p, alpha, method)
        : new Interval(
            count == 0 ? 0 : Roots.bisect(evidence, 0, best),
            units == count ? 1 : Roots.bisect(evidence, best, 1),
            p,
            alpha,
            method);
  }

  /**
   * The anytime-valid interval of ln(rate of one arm / rate of another), where counts are events
   * (conversions, errors) and the weights are the arms' shares of traffic. Rates may drift as long
   * as all arms drift alike (Lindon and Malek 2022): the share of an arm among events is as weight
   * times rate. For all pairs and times together.
   *
   * @return infinite at an end where an arm has no events
   */
  public Interval logRateRatio(int from, int to, long[] counts, double alpha) {
    double units = total(counts);
    double a = counts[from];
    double b = counts[to];
    double offset = Math.log(shares[from]) - Math.log(shares[to]);
    double p = anytimePValue(counts);
    String method = "anytime-valid: Dirichlet mixture of counts";
    double fixed = 0;
    for (int i = 0; i < counts.length; i++) {
      fixed += i == from || i == to || counts[i] == 0 ? 0 : counts[i] * Math.log(counts[i] / units);
    }
    if (a + b > 0) {
      fixed += (a + b) * Math.log((a + b) / units);
    }
    double rest = fixed;
    double threshold = logMixture(counts) + Math.log(Normal.probability(alpha));
    // Of the two arms' share, the log odds of the second are searched.
    DoubleUnaryOperator evidence =
        odds -> threshold - rest + a * softplus(odds) + b * softplus(-odds);
    double best = Math.log(b) - Math.log(a);
    double lower =
        b == 0
            ? Double.NEGATIVE_INFINITY
            : Roots.bisect(evidence, a == 0 ? -700 : best - 700, a == 0 ? 700 : best);
    double upper =
        a == 0
            ? Double.POSITIVE_INFINITY
            : Roots.bisect(evidence, b == 0 ? -700 : best, b == 0 ? 700 : best + 700);
    return new Interval(lower + offset, upper + offset, p, alpha, method);
  }

  private static double softplus(double x) {
    return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
  }

  private double logMixture(long[] counts) {
    double sum = 0;
    double priorTotal = 0;
    double total = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += LogGamma.value(prior[i] + counts[i]) - LogGamma.value(prior[i]);
      priorTotal += prior[i];
      total += prior[i] + counts[i];
    }
    return sum - LogGamma.value(total) + LogGamma.value(priorTotal);
  }

  private double total(long[] counts) {
    if (counts.length != shares.length || Arrays.stream(counts).anyMatch(c -> c < 0)) {
      throw new IllegalArgumentException(
          "counts of %d arms are 0 or more each, but are %s"
              .formatted(shares.length, Arrays.toString(counts)));
    }
    return Arrays.stream(counts).sum();
  }
}
