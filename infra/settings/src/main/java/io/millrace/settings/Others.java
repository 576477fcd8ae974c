package io.millrace.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of a section that its record does not name itself: keys of another record, which is
 * built elsewhere out of what is given here. As a component of a section's record it takes every
 * key that {@code T} has and the record has not; what lies below them is for who builds {@code T}
 * to check.
 *
 * @param <T> the record whose keys these are
 */
public final class Others<T extends Record> {
  private final String path;
  private final List<Node.Section> layers;

  Others(String path, List<Node.Section> layers) {
    this.path = path;
    this.layers = List.copyOf(layers);
  }

  /** Nothing given. */
  public static <T extends Record> Others<T> none() {
    return new Others<>("", List.of());
  }

  /** What each layer gives as a JSON object, the lowest first; a later one wins. */
  public List<ObjectNode> layers() {
    return layers.stream().map(Node.Section::json).toList();
  }

  /** Text at a path, of the highest layer that has it; empty if none has. */
  public Optional<String> text(String... keys) {
    return find(List.of(keys))
        .filter(Node.Value.class::isInstance)
        .map(node -> ((Node.Value) node).text());
  }

  /**
   * What is wrong with a setting here.
   *
   * @param keys where it lies in the section; as far as they are there they say the place
   * @param what the value, and what was expected
   */
  public SettingsException wrong(List<String> keys, String what) {
    List<String> all = new ArrayList<>(path.isEmpty() ? List.of() : List.of(path));
    all.addAll(keys);
    String key = String.join(".", all);
    for (int length = keys.size(); length > 0; length--) {
      Optional<Node> node = find(keys.subList(0, length));
      if (node.isPresent()) {
        Origin origin = node.get().origin();
        return new SettingsException(origin.place() + ": " + key + ": " + what);
      }
    }
    return new SettingsException(key + ": " + what);
  }

  private Optional<Node> find(List<String> keys) {
    return Find.highest(layers, keys);
  }
}
