package io.millrace.experiment.condition;

import org.jspecify.annotations.Nullable;

/** What must hold of one value. */
@FunctionalInterface
interface ValueTest {
  /** Whether it holds. */
  boolean holds(@Nullable Object value, SavedGroups groups);
}
