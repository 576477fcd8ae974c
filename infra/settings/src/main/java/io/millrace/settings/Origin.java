package io.millrace.settings;

/**
 * Where a value was given.
 *
 * @param place for people: {@code up.yaml line 3}, {@code MILLRACE_SERVER_PORT}, {@code --port}
 * @param namesKey whether the place says by itself which setting it is, as an option does
 */
public record Origin(String place, boolean namesKey) {

  static Origin line(String file, int line) {
    return new Origin(file + " line " + line, false);
  }

  static Origin variable(String name) {
    return new Origin(name, true);
  }

  static Origin option(String name) {
    return new Origin(name, true);
  }

  /** What is wrong with a key that was given here. */
  SettingsException wrong(String key, String what) {
    return new SettingsException(place + ": " + (namesKey ? "" : key + ": ") + what);
  }
}
