package io.millrace.experiment;

import java.util.Locale;

/** How the outcomes of impressions become a number. */
public enum MetricKind {
  /** Share of impressions with the outcome. */
  RATE,
  /** Mean of the outcome's value per impression. */
  VALUE,
  /** Mean log loss of the predictions. */
  LOGLOSS,
  /** Outcomes over the sum of the predictions. */
  CALIBRATION,
  /** Time that an answer takes. */
  LATENCY;

  /** As users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The constant of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static MetricKind of(String word) {
    return Words.of(word, "kind", values(), MetricKind::word);
  }
}
