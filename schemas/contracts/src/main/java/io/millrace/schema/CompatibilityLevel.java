package io.millrace.schema;

/** Which of a subject's versions a new one must get along with, and in which direction. */
public enum CompatibilityLevel {
  /** Anything goes. */
  NONE(false, false, false),
  /** The new schema reads what the latest version wrote. */
  BACKWARD(true, false, false),
  /** The new schema reads what any version wrote. */
  BACKWARD_TRANSITIVE(true, false, true),
  /** The latest version reads what the new schema writes. */
  FORWARD(false, true, false),
  /** Every version reads what the new schema writes. */
  FORWARD_TRANSITIVE(false, true, true),
  /** Both directions, against the latest version. */
  FULL(true, true, false),
  /** Both directions, against every version. */
  FULL_TRANSITIVE(true, true, true);

  private final boolean backward;
  private final boolean forward;
  private final boolean transitive;

  CompatibilityLevel(boolean backward, boolean forward, boolean transitive) {
    this.backward = backward;
    this.forward = forward;
    this.transitive = transitive;
  }

  /** Whether the new schema must read what older ones wrote. */
  public boolean isBackward() {
    return backward;
  }

  /** Whether older schemas must read what the new one writes. */
  public boolean isForward() {
    return forward;
  }

  /** Whether every version counts, not the latest alone. */
  public boolean isTransitive() {
    return transitive;
  }
}
