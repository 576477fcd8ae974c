package io.millrace.settings;

import java.util.Optional;

/** Settings without a default that a process cannot do without. */
public final class Required {
  private Required() {}

  /**
   * What was given.
   *
   * @param option that sets it, for the error
   * @throws SettingsException if nothing was
   */
  public static <T> T given(Optional<T> value, String key, String option) {
    return value.orElseThrow(
        () ->
            new SettingsException(
                "%s is not set, expected %s, %s or '%s:' in the file of --config"
                    .formatted(key, option, Key.variable(key), key)));
  }
}
