package io.millrace.settings;

import io.millrace.feature.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a process's settings: a file, over it environment variables, over these options. Everything
 * is checked, also what a higher layer sets again.
 *
 * @param <T> the record of settings
 */
public final class SettingsReader<T extends Record> {
  private final T defaults;
  private final List<Key> keys;
  private final List<Node.Section> layers = new ArrayList<>();

  /**
   * A reader for settings that are as in a record of defaults where nothing is given.
   *
   * @param defaults whose records within are the sections
   */
  public SettingsReader(T defaults) {
    this.defaults = defaults;
    this.keys = Keys.of(defaults);
  }

  /**
   * Adds a YAML file.
   *
   * @param file null for none
   * @throws SettingsException if it cannot be read or is no YAML
   */
  public SettingsReader<T> file(@Nullable Path file) {
    if (file != null) {
      layers.add(YamlReader.file(file));
    }
    return this;
  }

  /**
   * Adds the variables that begin with {@link Key#VARIABLE_PREFIX}.
   *
   * @param foreign variables of this beginning that are no settings
   * @throws SettingsException if one is unknown; its value is not shown
   */
  public SettingsReader<T> environment(Map<String, String> variables, Set<String> foreign) {
    Map<String, Key> known = new LinkedHashMap<>();
    keys.forEach(key -> known.put(key.variable(), key));
    new TreeMap<>(variables)
        .forEach(
            (name, text) -> {
              if (!name.startsWith(Key.VARIABLE_PREFIX) || foreign.contains(name)) {
                return;
              }
              Key key = known.get(name);
              if (key == null) {
                List<String> names = new ArrayList<>(known.keySet());
                names.addAll(foreign);
                throw new SettingsException(
                    "environment variable %s is unknown%s"
                        .formatted(name, NearestName.hint(name, names)));
              }
              Origin origin = Origin.variable(name);
              Node value =
                  key.open() ? YamlReader.value(text, origin) : Node.Value.of(text, origin);
              layers.add(Node.Section.holding(List.of(key.path().split("\\.", -1)), value));
            });
    return this;
  }

  /** Adds options. */
  public SettingsReader<T> options(Overrides options) {
    layers.addAll(options.layers());
    return this;
  }

  /**
   * The settings.
   *
   * @throws SettingsException if a key is unknown or a value is wrong
   */
  public T read() {
    return new Binder(keys).bind(defaults, layers, "");
  }
}
