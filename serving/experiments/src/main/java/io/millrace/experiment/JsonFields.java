package io.millrace.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.feature.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The keys of a JSON object, read one by one; what nobody has read is refused at the end. */
final class JsonFields {
  private final String place;
  private final JsonNode json;
  private final Set<String> known = new TreeSet<>();

  private JsonFields(String place, JsonNode json) {
    this.place = place;
    this.json = json;
  }

  /**
   * Reads an object whole.
   *
   * @param place where it stands, empty for the outermost
   * @throws IllegalArgumentException if it is none, or has keys that {@code read} does not ask for
   */
  static <T> T read(String place, JsonNode json, Function<JsonFields, T> read) {
    if (!json.isObject()) {
      throw expected(place.isEmpty() ? "experiment" : place, json, "an object");
    }
    JsonFields fields = new JsonFields(place, json);
    T value = read.apply(fields);
    for (var entry : json.properties()) {
      if (!fields.known.contains(entry.getKey())) {
        throw new IllegalArgumentException(
            "%s: unknown%s"
                .formatted(
                    fields.inside(entry.getKey()), NearestName.hint(entry.getKey(), fields.known)));
      }
    }
    return value;
  }

  private String inside(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  /** The value at a key, empty if it is not there or null. */
  Optional<JsonNode> find(String key) {
    known.add(key);
    return Optional.ofNullable(json.get(key)).filter(value -> !value.isNull());
  }

  /** Whether a key is there, be its value null. */
  boolean has(String key) {
    known.add(key);
    return json.has(key);
  }

  /** The value at a key, which may be null. */
  JsonNode any(String key) {
    known.add(key);
    return json.path(key);
  }

  private JsonNode present(String key, String expected) {
    return find(key)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: none, expected %s".formatted(inside(key), expected)));
  }

  String text(String key) {
    return text(key, present(key, "a string"));
  }

  Optional<String> optionalText(String key) {
    return find(key).map(value -> text(key, value));
  }

  private String text(String key, JsonNode value) {
    if (!value.isTextual()) {
      throw expected(inside(key), value, "a string");
    }
    return value.textValue();
  }

  OptionalDouble optionalNumber(String key) {
    return find(key)
        .map(value -> OptionalDouble.of(number(key, value)))
        .orElseGet(OptionalDouble::empty);
  }

  double number(String key) {
    return number(key, present(key, "a number"));
  }

  private double number(String key, JsonNode value) {
    if (!value.isNumber()) {
      throw expected(inside(key), value, "a number");
    }
    return value.doubleValue();
  }

  OptionalLong optionalWhole(String key) {
    return find(key)
        .map(value -> OptionalLong.of(whole(key, value)))
        .orElseGet(OptionalLong::empty);
  }

  int whole(String key) {
    long value = whole(key, present(key, "a whole number"));
    if (value != (int) value) {
      throw new IllegalArgumentException(
          "%s: %d, expected at most %d".formatted(inside(key), value, Integer.MAX_VALUE));
    }
    return (int) value;
  }

  private long whole(String key, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw expected(inside(key), value, "a whole number");
    }
    return value.longValue();
  }

  <T> T object(String key, Function<JsonFields, T> read) {
    return read(inside(key), present(key, "an object"), read);
  }

  <T> Optional<T> optionalObject(String key, Function<JsonFields, T> read) {
    return find(key).map(value -> read(inside(key), value, read));
  }

  /** Objects of an array; none where it is not there. */
  <T> List<T> objects(String key, Function<JsonFields, T> read) {
    List<T> all = new ArrayList<>();
    find(key)
        .ifPresent(
            array -> {
              if (!array.isArray()) {
                throw expected(inside(key), array, "an array of objects");
              }
              for (int i = 0; i < array.size(); i++) {
                all.add(read("%s[%d]".formatted(inside(key), i), array.get(i), read));
              }
            });
    return all;
  }

  /** A word that must be one of some; the place is named where it is not. */
  <T> T word(String key, Function<String, T> of) {
    String word = text(key);
    try {
      return of.apply(word);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(inside(key) + message.substring(message.indexOf(": ")), e);
    }
  }

  static IllegalArgumentException expected(String place, JsonNode value, String expected) {
    return new IllegalArgumentException("%s: %s, expected %s".formatted(place, value, expected));
  }
}
