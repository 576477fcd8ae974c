package io.millrace.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Single values: from text, to text, and what is expected of them. */
final class Values {
  /** Java would take more: {@code 1d}, {@code 0x1p3}, {@code NaN}. */
  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9.]+([eE][-+]?[0-9]+)?");

  private Values() {}

  /**
   * Reads a value.
   *
   * @param name of the component; one that ends in {@code bytes} takes units of bytes
   * @return null if the text is none of this type
   */
  static @Nullable Object read(String name, Class<?> type, String text) {
    if (isBytes(name, type)) {
      Long bytes = Units.bytes(text).orElse(null);
      if (bytes == null || type == long.class || type == Long.class) {
        return bytes;
      }
      return bytes <= Integer.MAX_VALUE ? bytes.intValue() : null;
    }
    if (type == int.class || type == Integer.class) {
      return number(text, Integer::valueOf);
    }
    if (type == long.class || type == Long.class) {
      return number(text, Long::valueOf);
    }
    if (type == double.class || type == Double.class) {
      return number(text, Double::valueOf);
    }
    if (type == float.class || type == Float.class) {
      return number(text, Float::valueOf);
    }
    if (type == boolean.class || type == Boolean.class) {
      return text.equals("true") || text.equals("false") ? Boolean.valueOf(text) : null;
    }
    if (type == Duration.class) {
      return Units.duration(text).orElse(null);
    }
    if (type == String.class) {
      return text;
    }
    if (type == Path.class) {
      return path(text);
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .filter(constant -> name(constant).equalsIgnoreCase(text))
          .findFirst()
          .orElse(null);
    }
    throw new IllegalArgumentException("settings of type " + type + " cannot be read");
  }

  private static @Nullable Object number(String text, Function<String, Object> parse) {
    if (!NUMBER.matcher(text).matches()) {
      return null;
    }
    try {
      return parse.apply(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Path path(String text) {
    try {
      return text.isEmpty() ? null : Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static boolean isBytes(String name, Class<?> type) {
    boolean whole =
        type == int.class || type == Integer.class || type == long.class || type == Long.class;
    return whole && name.toLowerCase(Locale.ROOT).startsWith("bytes")
        || whole && name.endsWith("Bytes");
  }

  /** A constant as it is written: as it prints itself if it does, else in small letters. */
  private static String name(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }

  /** The constants of an enum as they are written. */
  static List<String> names(Class<?> constants) {
    return Arrays.stream(constants.getEnumConstants()).map(Values::name).toList();
  }

  /** As {@link #read} takes it, empty if there is nothing to write. */
  static Optional<String> text(String name, Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.flatMap(inner -> text(name, inner));
    }
    if (value instanceof Collection<?> items) {
      return items.isEmpty() ? Optional.empty() : Optional.of(items.toString());
    }
    if (value instanceof Map<?, ?> map) {
      return map.isEmpty() ? Optional.empty() : Optional.of(map.toString());
    }
    if (value instanceof Duration duration) {
      return Optional.of(Units.text(duration));
    }
    if (value instanceof Number number && isBytes(name, value.getClass())) {
      return Optional.of(Units.text(number.longValue()));
    }
    String text = value instanceof Enum<?> constant ? name(constant) : value.toString();
    return text.isEmpty() ? Optional.empty() : Optional.of(text.replaceFirst("\\.0$", ""));
  }

  /** What is expected of a value of a type. */
  static String expectation(String name, Type generic) {
    if (generic instanceof ParameterizedType parameterized) {
      Type[] arguments = parameterized.getActualTypeArguments();
      String last = expectation(name, arguments[arguments.length - 1]);
      Type raw = parameterized.getRawType();
      return raw == Optional.class
          ? last
          : raw == Map.class ? "names, each with " + last : "a list, of each item " + last;
    }
    Class<?> type = (Class<?>) generic;
    if (isBytes(name, type)) {
      return Units.BYTE_COUNT;
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class
        || type == Double.class
        || type == float.class
        || type == Float.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Duration.class) {
      return Units.A_DURATION;
    }
    if (type == Path.class) {
      return "a file or folder";
    }
    if (type.isEnum()) {
      return "one of " + String.join(", ", names(type));
    }
    return type == String.class ? "a text" : "keys with values";
  }

  /** Items that were given in one text, with commas between them. */
  static List<String> items(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }
}
