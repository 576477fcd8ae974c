package io.millrace.experiment.job;

import io.millrace.event.Example;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Sums over impressions of one unit, or of one impression, with their labels of one outcome.
 *
 * @param impressions that are counted
 * @param positives those with the outcome
 * @param value what the outcomes are worth together
 * @param logLoss of the probabilities that were served, clipped to [1e-7, 1 − 1e-7]
 * @param predicted sum of these probabilities
 * @param ignored impressions that are in no other sum, for their probability or value is unusable
 */
record OutcomeSums(
    long impressions,
    long positives,
    double value,
    double logLoss,
    double predicted,
    long ignored) {
  static final OutcomeSums NONE = new OutcomeSums(0, 0, 0, 0, 0, 0);

  /** Sums of larger values, squared, could overflow. */
  static final double LARGEST_VALUE = 1e50;

  private static final double LEAST_PROBABILITY = 1e-7;
  private static final OutcomeSums IGNORED = new OutcomeSums(0, 0, 0, 0, 0, 1);

  /** Those of one impression. An exposure, which names no model, has no probability. */
  static OutcomeSums of(Example example) {
    boolean positive = example.getLabel() == 1;
    double probability = example.getServed().getProbability();
    double value = positive ? orZero(example.getOutcomeValue()) : 0;
    boolean scored = !example.getServed().getModel().isEmpty();
    boolean usable = !scored || (probability >= 0 && probability <= 1);
    if (!usable || !(Math.abs(value) <= LARGEST_VALUE)) {
      return IGNORED;
    }
    if (!scored) {
      return new OutcomeSums(1, positive ? 1 : 0, value, 0, 0, 0);
    }
    double clipped = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, probability));
    double logLoss = -(positive ? Math.log(clipped) : Math.log1p(-clipped));
    return new OutcomeSums(1, positive ? 1 : 0, value, logLoss, clipped, 0);
  }

  private static double orZero(@Nullable Double value) {
    return value == null ? 0 : value;
  }

  /** With others, times a sign. */
  OutcomeSums plus(OutcomeSums other, int sign) {
    return new OutcomeSums(
        impressions + sign * other.impressions,
        positives + sign * other.positives,
        value + sign * other.value,
        logLoss + sign * other.logLoss,
        predicted + sign * other.predicted,
        ignored + sign * other.ignored);
  }

  void write(DataOutput to) throws IOException {
    to.writeLong(impressions);
    to.writeLong(positives);
    to.writeDouble(value);
    to.writeDouble(logLoss);
    to.writeDouble(predicted);
    to.writeLong(ignored);
  }

  static OutcomeSums read(DataInput from) throws IOException {
    return new OutcomeSums(
        from.readLong(),
        from.readLong(),
        from.readDouble(),
        from.readDouble(),
        from.readDouble(),
        from.readLong());
  }
}
