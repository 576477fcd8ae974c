package io.millrace.experiment.condition;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as JavaScript turns and compares them (ECMA-262, 7.1 and 7.2), which is what GrowthBook's
 * conditions are defined by. A value is what {@link Attributes} names.
 */
public final class JavaScriptValues {
  private static final double PLAIN_BELOW = 1e21;
  private static final double PLAIN_FROM = 1e-6;

  private JavaScriptValues() {}

  /** A parsed JSON value as a value of {@link Attributes}. */
  public static @Nullable Object of(JsonNode json) {
    return switch (json.getNodeType()) {
      case BOOLEAN -> json.booleanValue();
      case NUMBER -> json.numberValue();
      case STRING -> json.textValue();
      case ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>(json.size());
        json.forEach(each -> list.add(of(each)));
        yield list;
      }
      case OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        json.properties().forEach(each -> map.put(each.getKey(), of(each.getValue())));
        yield map;
      }
      default -> null;
    };
  }

  /** Whether JavaScript takes a value for true. */
  public static boolean truthy(@Nullable Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof Number number) {
      double x = number.doubleValue();
      return x != 0 && !Double.isNaN(x);
    }
    return value instanceof CharSequence text ? text.length() > 0 : value != null;
  }

  /** A value as a string: {@code String(value)}. */
  public static String string(@Nullable Object value) {
    if (value instanceof Number number) {
      return string(number);
    } else if (value instanceof List<?> list) {
      StringBuilder joined = new StringBuilder();
      for (int i = 0; i < list.size(); i++) {
        joined.append(i == 0 ? "" : ",").append(list.get(i) == null ? "" : string(list.get(i)));
      }
      return joined.toString();
    }
    return value instanceof Map ? "[object Object]" : String.valueOf(value);
  }

  private static String string(Number number) {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      return number.toString();
    }
    double x = number.doubleValue();
    if (x == 0) {
      return "0";
    }
    double size = Math.abs(x);
    if (size < PLAIN_BELOW && size >= PLAIN_FROM) {
      return new BigDecimal(Double.toString(x)).stripTrailingZeros().toPlainString();
    }
    String text = Double.toString(x).replace(".0E", "E").replace('E', 'e');
    return text.replaceFirst("e(\\d)", "e+$1");
  }

  /** A value as a number: {@code Number(value)}; NaN if it is none. */
  static double number(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    } else if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    } else if (value == null) {
      return 0;
    }
    return value instanceof Map ? Double.NaN : parsed(string(value).strip());
  }

  private static double parsed(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    switch (text) {
      case "Infinity", "+Infinity" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-Infinity" -> {
        return Double.NEGATIVE_INFINITY;
      }
      default -> {}
    }
    // Java would read 1d, 1f and hexadecimal fractions too
    return text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")
        ? Double.parseDouble(text)
        : Double.NaN;
  }

  /**
   * A scalar so that Java's equality is JavaScript's strict one; anything else as a value that
   * equals nothing.
   */
  static @Nullable Object strict(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.doubleValue() + 0.0; // -0 becomes 0
    } else if (value == null || value instanceof Boolean || value instanceof String) {
      return value;
    }
    return value instanceof CharSequence ? value.toString() : new Object();
  }

  /** Whether {@code a === b}, of scalars; lists and maps equal nothing. */
  static boolean strictlyEqual(@Nullable Object a, @Nullable Object b) {
    if (a instanceof String && b instanceof String) {
      return a.equals(b);
    }
    Object strict = strict(a);
    return strict == null ? b == null : strict.equals(strict(b));
  }

  /**
   * Where {@code a} stands to {@code b} by {@code <} and {@code >}: -1, 0 or 1; 2 if neither holds
   * nor both are equal, as with NaN.
   */
  static int order(@Nullable Object a, @Nullable Object b) {
    if (a instanceof CharSequence && b instanceof CharSequence) {
      return Integer.signum(a.toString().compareTo(b.toString()));
    }
    double x = number(a);
    double y = number(b);
    if (x < y) {
      return -1;
    }
    return x > y ? 1 : x == y ? 0 : 2;
  }

  /** Whether two values are the same JSON, keys in the same order. */
  static boolean sameJson(@Nullable Object a, @Nullable Object b) {
    if (a instanceof List<?> list && b instanceof List<?> other) {
      if (list.size() != other.size()) {
        return false;
      }
      for (int i = 0; i < list.size(); i++) {
        if (!sameJson(list.get(i), other.get(i))) {
          return false;
        }
      }
      return true;
    } else if (a instanceof Map<?, ?> map && b instanceof Map<?, ?> other) {
      if (map.size() != other.size()) {
        return false;
      }
      Iterator<? extends Map.Entry<?, ?>> others = other.entrySet().iterator();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        Map.Entry<?, ?> its = others.next();
        if (!string(entry.getKey()).equals(string(its.getKey()))
            || !sameJson(entry.getValue(), its.getValue())) {
          return false;
        }
      }
      return true;
    }
    return strictlyEqual(a, b);
  }

  /** The name of a value's type, as {@code $type} has it. */
  static String type(@Nullable Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof CharSequence) {
      return "string";
    } else if (value instanceof Number) {
      return "number";
    } else if (value instanceof Boolean) {
      return "boolean";
    }
    return value instanceof List ? "array" : "object";
  }

  /** A string in small letters; any other value as it is. */
  static @Nullable Object folded(@Nullable Object value) {
    return value instanceof CharSequence ? value.toString().toLowerCase(Locale.ROOT) : value;
  }
}
