package io.millrace.trainer;

import org.jspecify.annotations.Nullable;

/** Bounds of settings. */
final class Require {
  private Require() {}

  /**
   * @throws IllegalArgumentException naming setting, value and expectation, unless it holds
   */
  static void that(boolean holds, String name, @Nullable Object value, String expectation) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + ", expected " + expectation);
    }
  }
}
