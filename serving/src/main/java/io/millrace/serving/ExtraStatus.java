package io.millrace.serving;

import java.util.Map;

/**
 * Values that the surroundings add to the status, such as a demo's known ceiling. Names are free;
 * the console draws {@code ceiling.auc} and {@code ceiling.logloss} as lines in the charts of those
 * metrics and lists the rest. Called once a second by one thread.
 */
@FunctionalInterface
public interface ExtraStatus {

  /** Nothing extra. */
  ExtraStatus NONE = Map::of;

  /** The present values: numbers (kept in the history too) or strings. */
  Map<String, Object> values();
}
