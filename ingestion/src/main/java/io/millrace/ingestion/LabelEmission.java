package io.millrace.ingestion;

/** When an example leaves the label join. */
public enum LabelEmission {
  /** A positive with its click, a negative when its attribution window ends: soonest to learn. */
  ON_CLICK,

  /**
   * Both when the attribution window ends, so that examples leave in the event-time order of their
   * impressions: what a replay of a file needs.
   */
  ON_WINDOW_END
}
