package io.millrace.feature;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.jspecify.annotations.Nullable;

/** A value of parsed JSON as Avro's generic data, strictly: no type is turned into another. */
final class JsonValue {
  /** Whole numbers up to here have a double of their own. */
  private static final double EXACT = 1L << 53;

  private JsonValue() {}

  static @Nullable Object convert(String field, Schema schema, @Nullable Object value) {
    FieldType type = FieldType.of(schema);
    if (value == null) {
      if (type.nullable()) {
        return null;
      }
      throw new InvalidFeatureException(field, "a value (it is not nullable)", null);
    }
    return switch (type.type()) {
      case STRING -> {
        if (value instanceof String) {
          yield value;
        }
        throw new InvalidFeatureException(field, "a string", value);
      }
      case INT -> (int) integral(field, value, Integer.MIN_VALUE, Integer.MAX_VALUE, "32");
      case LONG -> integral(field, value, Long.MIN_VALUE, Long.MAX_VALUE, "64");
      case FLOAT -> (float) finite(field, value, Float.MAX_VALUE);
      case DOUBLE -> finite(field, value, Double.MAX_VALUE);
      case BOOLEAN -> {
        if (value instanceof Boolean) {
          yield value;
        }
        throw new InvalidFeatureException(field, "true or false", value);
      }
      case ENUM -> {
        if (value instanceof String symbol && type.schema().hasEnumSymbol(symbol)) {
          yield new GenericData.EnumSymbol(type.schema(), symbol);
        }
        throw new InvalidFeatureException(field, "one of " + type.schema().getEnumSymbols(), value);
      }
      case ARRAY -> {
        if (!(value instanceof List<?> items)) {
          throw new InvalidFeatureException(field, "a list", value);
        }
        GenericData.Array<@Nullable Object> array =
            new GenericData.Array<>(items.size(), type.schema());
        for (int i = 0; i < items.size(); i++) {
          array.add(convert(field + "[" + i + "]", type.schema().getElementType(), items.get(i)));
        }
        yield array;
      }
      case MAP -> {
        if (!(value instanceof Map<?, ?> entries)) {
          throw new InvalidFeatureException(field, "an object", value);
        }
        Map<String, @Nullable Object> map = new HashMap<>();
        entries.forEach(
            (key, item) ->
                map.put(
                    key.toString(),
                    convert(field + "." + key, type.schema().getValueType(), item)));
        yield map;
      }
      default ->
          throw new InvalidFeatureException(
              field, "no value: a field of type " + type.type() + " cannot come from JSON", value);
    };
  }

  private static long integral(String field, Object value, long min, long max, String bits) {
    if (value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || (value instanceof BigInteger big && big.bitLength() < Long.SIZE)
        || isWhole(value)) {
      long x = ((Number) value).longValue();
      if (x >= min && x <= max) {
        return x;
      }
    }
    throw new InvalidFeatureException(field, "an integer of " + bits + " bits", value);
  }

  /** Whether it is 3.0 or the like, as serializers without whole numbers write 3. */
  private static boolean isWhole(Object value) {
    return value instanceof Double x && x == Math.rint(x) && Math.abs(x) <= EXACT;
  }

  private static double finite(String field, Object value, double max) {
    if (value instanceof Integer
        || value instanceof Long
        || value instanceof Float
        || value instanceof Double
        || value instanceof BigInteger
        || value instanceof BigDecimal) {
      double x = ((Number) value).doubleValue();
      if (Math.abs(x) <= max) {
        return x;
      }
    }
    throw new InvalidFeatureException(field, "a finite number", value);
  }
}
