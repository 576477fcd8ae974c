package io.millrace.serving.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.linecorp.armeria.common.HttpStatus;
import io.millrace.ranking.GivenFeatures;
import io.millrace.wire.EventRules;
import io.millrace.wire.ShownValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a request and its place, read strictly: an unknown key, a wrong type or a value
 * out of range is a {@link RequestException} that names the place.
 *
 * @param path where the object is, empty for the body, for example {@code candidates[3]}
 * @param values as Jackson reads them: String, Integer, Long, BigInteger, Double, Boolean, List,
 *     Map
 */
record RequestObject(String path, Map<String, Object> values) {
  private static final int MAX_NESTING = 32;
  private static final int MAX_STRINGS = 100;
  private static final int MAX_NUMBER_CHARACTERS = 1000;

  /** Of a key or of the parser's words. */
  private static final int MAX_SHOWN_CHARACTERS = 120;

  /** Where the parser's messages begin to tell a programmer what to set. */
  private static final List<String> SETTINGS =
      List.of(": enable `", " (not recognized as one since", " (start marker at");

  private static final ObjectReader READER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxNumberLength(MAX_NUMBER_CHARACTERS)
                          // A body is bounded; what is wrong with a long name or text is said
                          // where it is used.
                          .maxNameLength(Integer.MAX_VALUE)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .readerFor(Object.class);

  /** Reads a body, which must be one JSON object. */
  static RequestObject parse(byte[] body) {
    if (body.length == 0) {
      throw RequestException.of(
          HttpStatus.BAD_REQUEST, "the body is empty, expected a JSON object");
    }
    try {
      RequestObject whole = of("", READER.readValue(body));
      if (mayHoldSurrogates(body)) {
        whole.values.forEach((key, value) -> requireText(shownKey(key), key, value));
      }
      return whole;
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : " at line %d, column %d"
                  .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      // The binding's own messages name Java types, which mean nothing to a client.
      throw RequestException.of(
          HttpStatus.BAD_REQUEST, "the body is not JSON" + place + ": " + reason(e));
    } catch (IOException e) {
      throw RequestException.of(HttpStatus.BAD_REQUEST, "the body is not JSON in UTF-8");
    }
  }

  /** Whether a body escapes letters of two halves, {@code \\ud83d}, of which one may be missing. */
  private static boolean mayHoldSurrogates(byte[] body) {
    for (int i = 0; i + 2 < body.length; i++) {
      if (body[i] == '\\' && body[i + 1] == 'u' && (body[i + 2] == 'd' || body[i + 2] == 'D')) {
        return true;
      }
    }
    return false;
  }

  /** Requires all of a value's texts to be texts: half a letter would become another one. */
  private static void requireText(String place, String key, @Nullable Object value) {
    if (isHalved(key) || (value instanceof String text && isHalved(text))) {
      throw RequestException.field(
          place, "a text without halves of letters (unpaired surrogates)", value);
    }
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (name, each) ->
              requireText(
                  place + "." + shownKey(String.valueOf(name)), String.valueOf(name), each));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        requireText("%s[%d]".formatted(place, i), "", list.get(i));
      }
    }
  }

  private static boolean isHalved(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }

  /** Why a body is not JSON: in the parser's words, without the names of its settings. */
  private static String reason(JsonProcessingException e) {
    String message = e.getOriginalMessage().lines().findFirst().orElse("");
    if (e instanceof StreamConstraintsException) {
      return message.startsWith("Number")
          ? "a number of more than " + MAX_NUMBER_CHARACTERS + " characters"
          : "nested more than " + MAX_NESTING + " levels deep";
    }
    if (e instanceof JsonMappingException) {
      return "expected one JSON object and nothing after it";
    }
    for (String setting : SETTINGS) {
      int at = message.indexOf(setting);
      message = at < 0 ? message : message.substring(0, at);
    }
    return ShownValue.text(message, MAX_SHOWN_CHARACTERS);
  }

  /** Requires every key to be one of {@code keys}. */
  RequestObject allow(String... keys) {
    return allow(List.of(keys));
  }

  /** The same. */
  RequestObject allow(List<String> keys) {
    for (Map.Entry<String, Object> entry : values.entrySet()) {
      if (!keys.contains(entry.getKey())) {
        throw RequestException.field(
            at(shownKey(entry.getKey())),
            "no such key; known are " + String.join(", ", keys),
            entry.getValue());
      }
    }
    return this;
  }

  boolean has(String key) {
    return values.get(key) != null;
  }

  @Nullable String string(String key) {
    Object value = values.get(key);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw RequestException.field(at(key), "a string", value);
  }

  boolean bool(String key, boolean absent) {
    Object value = values.get(key);
    if (value == null) {
      return absent;
    }
    if (value instanceof Boolean b) {
      return b;
    }
    throw RequestException.field(at(key), "true or false", value);
  }

  int integer(String key, int absent, int min, int max) {
    Object value = values.get(key);
    if (value == null) {
      return absent;
    }
    if (value instanceof Integer i && i >= min && i <= max) {
      return i;
    }
    throw RequestException.field(at(key), "an integer from " + min + " to " + max, value);
  }

  /** A finite number that is not negative. */
  double amount(String key, double absent) {
    Object value = values.get(key);
    if (value == null) {
      return absent;
    }
    if (value instanceof Number n && n.doubleValue() >= 0 && Double.isFinite(n.doubleValue())) {
      return n.doubleValue();
    }
    throw RequestException.field(at(key), "a finite number, zero or more", value);
  }

  /** A finite number, or null if there is none. */
  @Nullable Double number(String key) {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Number n && Double.isFinite(n.doubleValue())) {
      return n.doubleValue();
    }
    throw RequestException.field(at(key), "a finite number", value);
  }

  /** A point in time as milliseconds since 1970, or null if there is none. */
  @Nullable Long time(String key) {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    OptionalLong time = value instanceof String text ? EventRules.time(text) : OptionalLong.empty();
    return time.orElseThrow(() -> RequestException.field(at(key), EventRules.TIMES, value));
  }

  /** The object under {@code key}, empty if there is none. */
  RequestObject object(String key) {
    Object value = values.get(key);
    return value == null ? new RequestObject(at(key), Map.of()) : of(at(key), value);
  }

  /** The objects in the array under {@code key}: 1 to {@code max} of them. */
  List<RequestObject> objects(String key, int max) {
    List<?> list = elements(key, max);
    List<RequestObject> objects = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      objects.add(of(at(key) + "[" + i + "]", list.get(i)));
    }
    return objects;
  }

  /** What stands in the array under {@code key}: 1 to {@code max} elements, objects or not. */
  List<?> elements(String key, int max) {
    Object value = values.get(key);
    String expected = "an array of 1 to " + max + " objects";
    if (!(value instanceof List<?> list)) {
      throw RequestException.field(at(key), expected, value);
    }
    if (list.isEmpty() || list.size() > max) {
      throw RequestException.field(
          at(key), expected, list.isEmpty() ? list : list.size() + " elements");
    }
    return list;
  }

  /** The strings in the array under {@code key}, none if there is no array. */
  List<String> strings(String key) {
    Object value = values.get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw RequestException.field(at(key), "an array of strings", value);
    }
    if (list.size() > MAX_STRINGS) {
      throw RequestException.field(
          at(key), "at most " + MAX_STRINGS + " strings", list.size() + " elements");
    }
    List<String> strings = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof String text)) {
        throw RequestException.field("%s[%d]".formatted(at(key), i), "a string", list.get(i));
      }
      strings.add(text);
    }
    return strings;
  }

  /** As values of features. */
  GivenFeatures asFeatures() {
    return new GivenFeatures(path, values);
  }

  /** The place of {@code key} in the body. */
  String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** What stands at a place, which must be an object. */
  @SuppressWarnings("unchecked") // Jackson reads a JSON object as Map<String, Object>
  static RequestObject of(String path, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return new RequestObject(path, (Map<String, Object>) map);
    }
    throw RequestException.field(path.isEmpty() ? "the body" : path, "a JSON object", value);
  }

  private static String shownKey(String key) {
    return ShownValue.text(key, MAX_SHOWN_CHARACTERS);
  }
}
