package io.millrace.experiment.condition;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of whoever asks. A value is null, {@link Boolean}, {@link Number}, {@link
 * CharSequence}, {@link java.util.List} or {@link Map} of strings to values.
 */
@FunctionalInterface
public interface Attributes {
  /** Nothing is known. */
  Attributes NONE = name -> null;

  /** The value of a name; null if there is none. */
  @Nullable Object value(String name);

  /** Those of a map. */
  static Attributes of(Map<String, ? extends @Nullable Object> values) {
    return values::get;
  }
}
