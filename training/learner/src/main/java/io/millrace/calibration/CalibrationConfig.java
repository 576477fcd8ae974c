package io.millrace.calibration;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * How a stream's predictions are calibrated.
 *
 * @param method of fitting
 * @param window the newest labelled examples that a map is fitted on
 * @param every how many examples there are from one fit to the next
 */
public record CalibrationConfig(Method method, int window, int every) {

  /** Ways to fit a map. */
  public enum Method {
    /** Logits are taken as they are. */
    @JsonProperty("none")
    NONE,
    /** A line, a·z + b (Platt 1999). */
    @JsonProperty("platt")
    PLATT,
    /** A line through the origin, a·z (Guo et al., ICML 2017). */
    @JsonProperty("temperature")
    TEMPERATURE,
    /** Rising knots with lines between them, by pooling adjacent violators. */
    @JsonProperty("isotonic")
    ISOTONIC
  }

  public CalibrationConfig {
    Objects.requireNonNull(
        method, "calibration.method: null, expected none, platt, temperature or isotonic");
    if (window < 1 || window > 1 << 20) {
      throw new IllegalArgumentException(
          "calibration.window: " + window + ", expected 1 to 2^20 examples");
    }
    if (every < 1) {
      throw new IllegalArgumentException(
          "calibration.every: " + every + ", expected at least 1 example");
    }
  }

  /** No calibration; the window and pace are those of a method that is chosen later. */
  public static CalibrationConfig none() {
    return new CalibrationConfig(Method.NONE, 50_000, 2_000);
  }

  /** Whether there is a map to fit. */
  public boolean fits() {
    return method != Method.NONE;
  }
}
