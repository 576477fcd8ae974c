package io.millrace.guard;

/** What follows when a {@link ModelGuard} finds that a model's predictions went wrong. */
public enum GuardPolicy {
  /** Nothing is watched. */
  OFF,

  /** Versions are marked, so that servers answer with the last good one; learning goes on. */
  HOLD,

  /**
   * As {@link #HOLD}, and examples are predicted but not learned, until predictions are right again
   * or {@link ModelGuard#PATIENCE} has passed.
   */
  PAUSE
}
