package io.millrace.ingestion;

import java.util.Locale;

/** What the label join counts beside the rejections, which are counted by reason. */
public enum Counter {
  /** Decoded impressions, duplicates included. */
  IMPRESSIONS,
  /** Decoded clicks, duplicates included. */
  CLICKS,
  /** Examples with label 1. */
  POSITIVES,
  /** Examples with label 0. */
  NEGATIVES,
  /** Impressions whose id was seen before. */
  DUPLICATE_IMPRESSIONS,
  /** Clicks on an impression that was clicked before. */
  DUPLICATE_CLICKS,
  /** Clicks after the attribution window, or after its label was given away. */
  LATE_CLICKS;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** The name in snake case. */
  public String code() {
    return code;
  }
}
