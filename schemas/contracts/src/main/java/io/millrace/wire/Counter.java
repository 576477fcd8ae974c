package io.millrace.wire;

import java.util.Locale;

/**
 * What the label join counts beside the rejections, which are counted by reason. The codes are part
 * of the {@code IngestionCounts}' format.
 */
public enum Counter {
  /** Decoded impressions, duplicates included. */
  IMPRESSIONS,
  /** Decoded clicks, duplicates and retractions included. */
  CLICKS("events"),
  /** Examples with label 1. */
  POSITIVES("positives"),
  /** Labels that are 0 for good. */
  NEGATIVES("negatives"),
  /** Impressions whose id was seen before. */
  DUPLICATE_IMPRESSIONS,
  /** Clicks on an impression that was clicked before, or whose click was taken back after them. */
  DUPLICATE_CLICKS("duplicates"),
  /**
   * Words of an outcome other than a click that came after its window, or after its label was given
   * away. Clicks that did are counted by their reason alone, {@link RejectionReason#LATE_CLICK}.
   */
  LATE("late"),
  /** Retractions that took back what had happened. */
  TAKEN_BACK("taken_back"),
  /** Retractions of what had not happened, or happened again after them. */
  IDLE_RETRACTIONS("idle_retractions"),
  /** Impressions that came too late for this outcome, but in time for another. */
  MISSED_IMPRESSIONS("missed_impressions");

  private final String code = name().toLowerCase(Locale.ROOT);
  private final String codeOfOutcome;

  Counter() {
    this("");
  }

  /**
   * @param codeOfOutcome what it is called of an outcome other than a click
   */
  Counter(String codeOfOutcome) {
    this.codeOfOutcome = codeOfOutcome;
  }

  /** Whether clicks have this count. */
  public boolean ofClicks() {
    return this != LATE;
  }

  /** The name in snake case. */
  public String code() {
    return code;
  }

  /** The name of a count of one outcome, for example {@code conversion.positives}. */
  public String code(String outcome) {
    return outcome.equals(EventRules.CLICK) ? code : outcome + "." + codeOfOutcome;
  }
}
