package io.millrace.ingestion;

import io.millrace.wire.Counter;

/** What a transition of the label join asks its driver to do. */
public sealed interface Effect {

  /** Write an example. The driver counts it. */
  record Emit(LabelledImpression example) implements Effect {}

  /** Keep an event as rejected. The driver counts it by its reason. */
  record Reject(Rejection rejection) implements Effect {}

  /**
   * Count one.
   *
   * @param outcome of which; a click's for what is of no outcome
   */
  record Count(Counter counter, String outcome) implements Effect {
    /** Of clicks, or of no outcome. */
    public Count(Counter counter) {
      this(counter, OutcomeRule.CLICK);
    }
  }
}
