package io.millrace.serving.http;

import java.util.Map;

/**
 * Values that the surroundings add to the status, such as how good a demo's answers are against the
 * truth that it knows. Names are free; the console draws those that begin with {@code
 * truth.minute.} and lists all that do not begin with {@code truth.}. Called once a second by one
 * thread.
 */
@FunctionalInterface
public interface ExtraStatus {

  /** Nothing extra. */
  ExtraStatus NONE = Map::of;

  /** The present values: numbers (kept in the history too) or strings. */
  Map<String, Object> values();
}
