package io.millrace.learner;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * How a stream's model takes numbers whose scale nobody has set, and numbers far from a feature's
 * others.
 *
 * @param method of scaling
 * @param above the root mean square from which on a feature's numbers are divided, to have this
 *     one; at least 1
 * @param bound a number counts as at most so many times the larger of 1 and its feature's root mean
 *     square; above 1
 * @param memory newest numbers that a feature's root mean square is of, so to say: each has a
 *     weight of one part in so many
 */
public record NumericScaling(Method method, float above, float bound, int memory) {

  /** Ways to scale. */
  public enum Method {
    /** Numbers are taken as they are. */
    @JsonProperty("none")
    NONE,
    /** By a running root mean square of each feature, see {@link NumericScales}. */
    @JsonProperty("running")
    RUNNING
  }

  public NumericScaling {
    Objects.requireNonNull(method, "numericScaling.method: null, expected none or running");
    if (!(above >= 1 && above <= 1e6f)) {
      throw new IllegalArgumentException("numericScaling.above: " + above + ", expected 1 to 1e6");
    }
    if (!(bound > 1 && bound <= 1e6f)) {
      throw new IllegalArgumentException(
          "numericScaling.bound: " + bound + ", expected above 1, at most 1e6");
    }
    if (memory < 1 || memory > 1 << 24) {
      throw new IllegalArgumentException(
          "numericScaling.memory: " + memory + ", expected 1 to 2^24 numbers");
    }
  }

  /** None; the other settings are those of a method that is chosen later. */
  public static NumericScaling none() {
    return new NumericScaling(Method.NONE, 4, 4, 10_000);
  }

  /** What streams do by default. */
  public static NumericScaling running() {
    return new NumericScaling(Method.RUNNING, 4, 4, 10_000);
  }

  /** Whether there is anything to do. */
  public boolean scales() {
    return method != Method.NONE;
  }

  /**
   * A number as the model takes it.
   *
   * @param scale root mean square of its feature
   */
  float scaled(float number, float scale) {
    float own = Math.max(1, scale);
    float divisor = Math.max(1, scale / above);
    float most = bound * own / divisor;
    return Math.max(-most, Math.min(most, number / divisor));
  }
}
