package io.millrace.experiment;

import org.jspecify.annotations.Nullable;

/** Remembers which arms units were in. */
@FunctionalInterface
public interface StickyArms {
  /** Remembers nothing. */
  StickyArms NONE = (experiment, version, unit) -> null;

  /** The name of the arm that a unit was in, under a version of the assignments; null if none. */
  @Nullable String arm(String experiment, int version, String unit);
}
