package io.millrace.ingestion;

/** When an example leaves the label join. */
public enum LabelEmission {
  /**
   * As the clicks come: a click at once, its absence as late after the impression as a click would
   * be, by the law of the clicks' delays. A click that comes later still corrects its example. So
   * at any time the share of clicks among what was learned is that of the impressions, however long
   * the attribution window is: what a live stream needs.
   */
  AS_CLICKS_COME,

  /**
   * All when the attribution window ends, so that examples leave in the event-time order of their
   * impressions: what a replay of a file needs.
   */
  ON_WINDOW_END
}
