package io.millrace.feature;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to a JSON object among a schema's properties. Every name must be a known one, and
 * every error says where it is.
 */
final class PropertyReader {
  private final String place;
  private final Map<?, ?> values;

  /**
   * @param place names the object in errors, for example {@code shop.Ad.price: feature}
   */
  PropertyReader(String place, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new InvalidFeatureSchemaException(
          place + ": " + value + ", expected an object such as {\"kind\":\"categorical\"}");
    }
    this.place = place;
    this.values = map;
  }

  /** Refuses all names but these. */
  PropertyReader allow(Set<String> known) {
    for (Object name : values.keySet()) {
      if (!known.contains(name.toString())) {
        throw new InvalidFeatureSchemaException(
            place + ": unknown property '" + name + "'" + NearestName.hint(name.toString(), known));
      }
    }
    return this;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  Optional<String> string(String name) {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String s && !s.isEmpty()) {
      return Optional.of(s);
    }
    throw error(name, value, "a string that is not empty");
  }

  String requiredString(String name) {
    return string(name).orElseThrow(() -> error(name, null, "a string"));
  }

  long integer(String name, long otherwise, long min, long max) {
    Object value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if ((value instanceof Integer || value instanceof Long)
        && ((Number) value).longValue() >= min
        && ((Number) value).longValue() <= max) {
      return ((Number) value).longValue();
    }
    throw error(name, value, "an integer from " + min + " to " + max);
  }

  double requiredNumber(String name) {
    Object value = values.get(name);
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    throw error(name, value, "a number");
  }

  List<String> strings(String name) {
    Object value = values.get(name);
    if (value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw error(name, value, "a list of strings that is not empty");
  }

  List<?> list(String name) {
    Object value = values.getOrDefault(name, null);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw error(name, value, "a list");
  }

  PropertyReader object(String name) {
    return new PropertyReader(place + "." + name, values.get(name));
  }

  /** One of an enum's constants, written in lower case. */
  <E extends Enum<E>> E oneOf(String name, E otherwise) {
    String given = string(name).orElse(null);
    if (given == null) {
      return otherwise;
    }
    List<E> constants = List.of(otherwise.getDeclaringClass().getEnumConstants());
    List<String> names = constants.stream().map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
    int index = names.indexOf(given);
    if (index < 0) {
      throw unknown(name, given, names);
    }
    return constants.get(index);
  }

  InvalidFeatureSchemaException unknown(String name, String given, List<String> known) {
    return new InvalidFeatureSchemaException(
        place + "." + name + ": unknown '" + given + "'" + NearestName.hint(given, known));
  }

  InvalidFeatureSchemaException error(String name, @Nullable Object value, String expectation) {
    return new InvalidFeatureSchemaException(
        place
            + "."
            + name
            + ": "
            + (value == null ? "nothing" : value instanceof String ? "'" + value + "'" : value)
            + ", expected "
            + expectation);
  }

  static Set<String> names(Stream<String> names) {
    return names.collect(java.util.stream.Collectors.toUnmodifiableSet());
  }
}
