package io.millrace.settings;

import io.millrace.feature.NearestName;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a record of layers of sections; what they don't give is as in the defaults. */
final class Binder {
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(password|passphrase|secret|token|credential|jaas).*");

  private static final String DID_YOU_MEAN = ", did you mean";

  private final List<Key> keys;

  /**
   * A binder for a process.
   *
   * @param keys all of it, to name the nearest of a key that is unknown
   */
  Binder(List<Key> keys) {
    this.keys = keys;
  }

  /**
   * Binds a section.
   *
   * @param layers the lowest first; each is checked, the last that gives a key decides it
   */
  <T extends Record> T bind(T defaults, List<Node.Section> layers, String path) {
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    Set<String> own = new LinkedHashSet<>();
    Set<String> others = new LinkedHashSet<>();
    for (RecordComponent component : components) {
      if (component.getType() == Others.class) {
        others.addAll(Keys.names(Keys.othersOf(component.getGenericType())));
      } else {
        own.add(component.getName());
      }
    }
    others.removeAll(own);
    for (Node.Section layer : layers) {
      layer
          .entries()
          .forEach(
              (key, node) -> {
                if (!own.contains(key) && !others.contains(key)) {
                  throw unknown(path, key, node.origin(), own, others);
                }
              });
    }
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      String inner = path.isEmpty() ? name : path + "." + name;
      values[i] =
          components[i].getType() == Others.class
              ? new Others<>(path, only(layers, others))
              : value(components[i], Keys.valueOf(components[i], defaults), layers, inner);
    }
    return construct(defaults, values, layers, path);
  }

  private SettingsException unknown(
      String path, String key, Origin origin, Set<String> own, Set<String> others) {
    String whole = path.isEmpty() ? key : path + "." + key;
    Set<String> siblings = new LinkedHashSet<>(own);
    siblings.addAll(others);
    String hint = NearestName.hint(key, siblings);
    if (!hint.startsWith(DID_YOU_MEAN)) {
      hint =
          keys.stream()
              .map(Key::path)
              .filter(known -> known.endsWith("." + key))
              .findFirst()
              .map(known -> ", did you mean '" + known + "'?")
              .orElse(hint);
    }
    return new SettingsException(origin.place() + ": " + whole + " is unknown" + hint);
  }

  /** The layers with some of their keys alone, without those that have none of them. */
  private static List<Node.Section> only(List<Node.Section> layers, Set<String> names) {
    List<Node.Section> some = new ArrayList<>();
    for (Node.Section layer : layers) {
      Map<String, Node> entries = new LinkedHashMap<>(layer.entries());
      entries.keySet().retainAll(names);
      if (!entries.isEmpty()) {
        some.add(new Node.Section(entries, layer.origin()));
      }
    }
    return some;
  }

  private @Nullable Object value(
      RecordComponent component,
      @Nullable Object defaultValue,
      List<Node.Section> layers,
      String path) {
    List<Node> given = new ArrayList<>();
    for (Node.Section layer : layers) {
      Node node = layer.entries().get(component.getName());
      if (node != null) {
        given.add(node);
      }
    }
    if (defaultValue instanceof Record section) {
      return bind(section, sections(given, path), path);
    }
    @Nullable Object value = defaultValue;
    for (Node node : given) {
      value = value(component.getName(), component.getGenericType(), value, node, path);
    }
    return value;
  }

  /** A section of which all keys are commented out is none. */
  private static List<Node.Section> sections(List<Node> given, String path) {
    List<Node.Section> sections = new ArrayList<>();
    for (Node node : given) {
      if (node instanceof Node.Section section) {
        sections.add(section);
      } else if (!(node instanceof Node.Value value && value.isNothing())) {
        throw node.origin().wrong(path, shown(path, node) + ", expected keys with values below it");
      }
    }
    return sections;
  }

  private static Object value(
      String name, Type generic, @Nullable Object before, Node node, String path) {
    if (generic instanceof ParameterizedType parameterized) {
      Type[] arguments = parameterized.getActualTypeArguments();
      Class<?> raw = (Class<?>) parameterized.getRawType();
      Type inner = arguments[arguments.length - 1];
      if (raw == Optional.class) {
        return Optional.of(value(name, inner, null, node, path));
      }
      if (raw == Map.class) {
        return map(name, inner, before, node, path);
      }
      return items(name, raw, inner, node, path);
    }
    Class<?> type = (Class<?>) generic;
    if (node instanceof Node.Value value && !value.isNothing()) {
      Object read = Values.read(name, type, value.text());
      if (read != null) {
        return read;
      }
    }
    throw wrong(name, generic, node, path);
  }

  private static Object map(
      String name, Type inner, @Nullable Object before, Node node, String path) {
    Node given =
        node instanceof Node.Value value && !value.isNothing()
            ? YamlReader.value(value.text(), value.origin())
            : node;
    if (!(given instanceof Node.Section section)) {
      throw node.origin()
          .wrong(
              path,
              "%s, expected names, each with %s"
                  .formatted(shown(path, node), Values.expectation(name, inner)));
    }
    Map<String, Object> map = new LinkedHashMap<>();
    if (before instanceof Map<?, ?> lower) {
      lower.forEach((key, value) -> map.put(String.valueOf(key), value));
    }
    section
        .entries()
        .forEach((key, entry) -> map.put(key, value(name, inner, null, entry, path + "." + key)));
    return map;
  }

  private static Object items(String name, Class<?> raw, Type inner, Node node, String path) {
    List<Object> items = new ArrayList<>();
    if (node instanceof Node.Items list) {
      list.items().forEach(item -> items.add(value(name, inner, null, item, path)));
    } else if (node instanceof Node.Value value && !value.isNothing()) {
      for (String item : Values.items(value.text())) {
        items.add(value(name, inner, null, Node.Value.of(item, value.origin()), path));
      }
    } else {
      throw wrong(name, inner, node, path);
    }
    Collection<Object> all = raw == Set.class ? new LinkedHashSet<>(items) : items;
    return all;
  }

  private static SettingsException wrong(String name, Type type, Node node, String path) {
    String hint = "";
    if (type instanceof Class<?> constants && constants.isEnum() && node instanceof Node.Value v) {
      String nearest = NearestName.hint(v.text(), Values.names(constants));
      hint = nearest.startsWith(DID_YOU_MEAN) ? nearest : "";
    }
    return node.origin()
        .wrong(path, shown(path, node) + ", expected " + Values.expectation(name, type) + hint);
  }

  /** A value as it was given, but for one that others must not see. */
  private static String shown(String path, Node node) {
    if (SECRET.matcher(path).matches()) {
      return "(its value is not shown)";
    }
    if (node instanceof Node.Value value) {
      return value.isNothing() ? "no value" : value.text();
    }
    return node instanceof Node.Items ? "a list" : "keys with values";
  }

  private static <T extends Record> T construct(
      T defaults, @Nullable Object[] values, List<Node.Section> layers, String path) {
    @SuppressWarnings("unchecked") // a record's class is its own
    Class<T> type = (Class<T>) defaults.getClass();
    try {
      Constructor<T> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getType)
                  .toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused(String.valueOf(refused.getMessage()), values, layers, path);
      }
      throw new AssertionError(type + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(type + " cannot be made", e);
    }
  }

  /**
   * A record's own refusal, {@code port: 70000, expected …}, with the place of what it names.
   * Durations are said as they are written.
   */
  private static SettingsException refused(
      String message, @Nullable Object[] values, List<Node.Section> layers, String path) {
    String said = message;
    for (Object value : values) {
      for (Object each : value instanceof Map<?, ?> map ? map.values() : Arrays.asList(value)) {
        if (each instanceof Duration duration) {
          said = said.replace(duration.toString(), Units.text(duration));
        }
      }
    }
    String section = path.substring(path.lastIndexOf('.') + 1);
    if (!section.isEmpty() && said.startsWith(section + ".")) {
      said = said.substring(section.length() + 1);
    }
    int colon = said.indexOf(": ");
    if (colon > 0) {
      String names = said.substring(0, colon);
      for (String name : names.split(", ", -1)) {
        Optional<Node> node = Find.highest(layers, List.of(name.split("\\.", -1)));
        if (node.isPresent()) {
          Origin origin = node.get().origin();
          String key = path.isEmpty() ? names : path + "." + names;
          String what = said.substring(colon + 2);
          return names.equals(name)
              ? origin.wrong(key, what)
              : new SettingsException(origin.place() + ": " + key + ": " + what);
        }
      }
    }
    String places =
        layers.stream()
            .flatMap(layer -> layer.entries().values().stream())
            .map(node -> node.origin().place())
            .distinct()
            .collect(Collectors.joining(", "));
    return new SettingsException(
        "%s%s%s"
            .formatted(
                places.isEmpty() ? "" : places + ": ", path.isEmpty() ? "" : path + ": ", said));
  }
}
