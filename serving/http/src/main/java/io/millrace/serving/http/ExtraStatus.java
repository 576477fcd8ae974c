package io.millrace.serving.http;

import java.util.List;

/**
 * Values that the surroundings add to the status, such as how good a demo's answers are against the
 * truth that it knows. Names are free; the console draws those that begin with {@code
 * truth.minute.} and lists all that do not begin with {@code truth.}. Called once a second by one
 * thread.
 */
@FunctionalInterface
public interface ExtraStatus {

  /** Nothing extra. */
  ExtraStatus NONE = List::of;

  /** The present values, each name once. */
  List<StatusValue> values();
}
