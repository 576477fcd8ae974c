package io.millrace.settings;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what was given at a path. */
final class Find {
  private Find() {}

  /** Of the highest layer that has something there. */
  static Optional<Node> highest(List<Node.Section> layers, List<String> path) {
    for (int i = layers.size() - 1; i >= 0; i--) {
      @Nullable Node node = layers.get(i);
      for (String key : path) {
        node = node instanceof Node.Section section ? section.entries().get(key) : null;
      }
      if (node != null) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }
}
