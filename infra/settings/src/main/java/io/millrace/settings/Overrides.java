package io.millrace.settings;

import java.util.ArrayList;
import java.util.List;

/** What the options of a command line set, in their order; a later one wins. */
public final class Overrides {
  private final List<Node.Section> layers = new ArrayList<>();

  /**
   * Sets a key.
   *
   * @param key dotted
   * @param text its value
   * @param option as it was given, for errors: {@code --port}
   */
  public void set(String key, String text, String option) {
    layers.add(
        Node.Section.holding(
            List.of(key.split("\\.", -1)), Node.Value.of(text, Origin.option(option))));
  }

  /**
   * Sets a key to whatever YAML a text is, as in a file.
   *
   * @throws SettingsException if it is none
   */
  public void setYaml(String key, String yaml, String option) {
    Node value = YamlReader.value(yaml, new Origin(option, false));
    layers.add(Node.Section.holding(List.of(key.split("\\.", -1)), value));
  }

  List<Node.Section> layers() {
    return List.copyOf(layers);
  }
}
