package io.millrace.settings;

import java.lang.reflect.Type;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A setting that can be given.
 *
 * @param path dotted, for example {@code server.port}
 * @param type of its component
 * @param defaultValue null where there is none, or where another setting decides it
 * @param owner the record that it is a component of, whose documentation says what it means
 * @param component its name there
 * @param open whether who builds that record checks the value, so that a variable holds any YAML
 */
public record Key(
    String path,
    Type type,
    @Nullable Object defaultValue,
    Class<?> owner,
    String component,
    boolean open) {

  /** What environment variables of settings begin with. */
  public static final String VARIABLE_PREFIX = "MILLRACE_";

  /** The environment variable that sets it: {@code MILLRACE_SERVER_PORT}. */
  public String variable() {
    return variable(path);
  }

  /** The environment variable of a key. */
  static String variable(String path) {
    return VARIABLE_PREFIX
        + path.replace('.', '_').replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  /** The default as it would be written in a file, empty if there is none. */
  public Optional<String> defaultText() {
    return Optional.ofNullable(defaultValue).flatMap(value -> Values.text(component, value));
  }

  /** What can be written there, for people: {@code a whole number}. */
  public String expectation() {
    return Values.expectation(component, type);
  }
}
