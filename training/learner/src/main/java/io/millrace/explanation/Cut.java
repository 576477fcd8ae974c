package io.millrace.explanation;

import java.util.List;
import java.util.Map;

/** The beginnings of lists, and a note of what was cut off. */
final class Cut {
  private Cut() {}

  /**
   * The first {@code k} elements.
   *
   * @param name under which {@code left} is told how many there were beyond them, if any
   */
  static <T> List<T> top(String name, List<T> all, int k, Map<String, Integer> left) {
    if (all.size() <= k) {
      return all;
    }
    left.put(name, all.size() - k);
    return List.copyOf(all.subList(0, k));
  }
}
