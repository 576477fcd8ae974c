package io.millrace.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How changes are written as JSON.
 *
 * @param <C> a change
 */
public interface JournalFormat<C> {

  /** Adds the keys of a change to an object; {@code format} and {@code revision} are taken. */
  void write(C change, ObjectNode to);

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IllegalArgumentException if the object is no such change
   */
  C read(JsonNode from);

  /** The text at a key that must be there. */
  static String text(JsonNode json, String name) {
    String text = json.path(name).textValue();
    if (text == null) {
      throw new IllegalArgumentException(
          "%s: %s, expected a string".formatted(name, json.path(name)));
    }
    return text;
  }

  /** The number at a key that must be there. */
  static Number number(JsonNode json, String name) {
    Number number = json.path(name).numberValue();
    if (number == null) {
      throw new IllegalArgumentException(
          "%s: %s, expected a number".formatted(name, json.path(name)));
    }
    return number;
  }
}
