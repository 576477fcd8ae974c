package io.millrace.experiment.growthbook;

import io.millrace.experiment.BucketHash;
import io.millrace.experiment.BucketRanges;
import io.millrace.experiment.condition.JavaScriptValues;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The specification's helpers for buckets: hash, ranges and namespaces. */
final class Bucketing {
  private static final double SUM_AT_LEAST = 0.99;
  private static final double SUM_AT_MOST = 1.01;
  private static final String NAMESPACE_SEED = "__";

  private Bucketing() {}

  /**
   * Where a value falls in [0, 1).
   *
   * @param version 1 or 2; empty for any other
   */
  static OptionalDouble hash(String seed, @Nullable Object value, int version) {
    BucketHash hash = new BucketHash(seed);
    String unit = JavaScriptValues.string(value);
    return switch (version) {
      case 1 -> OptionalDouble.of(hash.ofVersion1(unit));
      case 2 -> OptionalDouble.of(hash.of(unit));
      default -> OptionalDouble.empty();
    };
  }

  /** The same weight for each of {@code n} variations; none for less than one. */
  static double[] equalWeights(int n) {
    double[] weights = new double[Math.max(0, n)];
    Arrays.fill(weights, 1.0 / n);
    return weights;
  }

  /**
   * The range of each variation. Coverage is brought to between 0 and 1; weights that do not fit
   * are taken for equal ones.
   *
   * @param weights null for equal ones
   */
  static BucketRanges ranges(int variations, double coverage, double @Nullable [] weights) {
    double covered = Math.max(0, Math.min(1, coverage));
    double[] usable =
        weights == null || weights.length != variations || !sumsToOne(weights)
            ? equalWeights(variations)
            : weights;
    return BucketRanges.byShare(usable, covered);
  }

  private static boolean sumsToOne(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    return sum >= SUM_AT_LEAST && sum <= SUM_AT_MOST;
  }

  /** Whether a unit lies in a namespace's part. */
  static boolean isInNamespace(String unit, Namespace namespace) {
    double place = new BucketHash(NAMESPACE_SEED + namespace.id()).ofVersion1(unit);
    return place >= namespace.from() && place < namespace.to();
  }
}
