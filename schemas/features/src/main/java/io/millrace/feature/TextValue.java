package io.millrace.feature;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** A column of a text file as Avro's generic data. */
final class TextValue {
  private static final String DEFAULT_SPLIT = "|";

  private final Map<String, String> splits = new HashMap<>();

  TextValue(FeatureSchema schema) {
    for (Feature feature : schema.encodedFields()) {
      if (feature instanceof Feature.Sequence sequence) {
        splits.put(sequence.name(), sequence.split());
      }
    }
  }

  @Nullable Object convert(Schema.Field field, String text) {
    FieldType type = FieldType.of(field.schema());
    if (text.isEmpty()) {
      if (type.nullable()) {
        return null;
      } else if (field.hasDefaultValue()) {
        return FeatureRecords.absent(field);
      }
    }
    return convert(field.name(), type.schema(), text);
  }

  private Object convert(String field, Schema schema, String text) {
    return switch (schema.getType()) {
      case STRING -> new Utf8(text);
      case ENUM -> {
        if (!schema.hasEnumSymbol(text)) {
          throw new InvalidFeatureException(field, "one of " + schema.getEnumSymbols(), text);
        }
        yield new GenericData.EnumSymbol(schema, text);
      }
      case BOOLEAN -> {
        if (!text.equals("true") && !text.equals("false")) {
          throw new InvalidFeatureException(field, "true or false", text);
        }
        yield Boolean.valueOf(text);
      }
      case INT, LONG, FLOAT, DOUBLE -> number(field, schema.getType(), text);
      case ARRAY -> array(field, schema, text);
      default ->
          throw new InvalidFeatureException(
              field,
              "no value: a field of type " + schema.getType() + " cannot come from text",
              text);
    };
  }

  private static Object number(String field, Schema.Type type, String text) {
    try {
      switch (type) {
        case INT:
          return Integer.valueOf(text);
        case LONG:
          return Long.valueOf(text);
        case FLOAT:
          float f = Float.parseFloat(text);
          if (Float.isFinite(f)) {
            return f;
          }
          break;
        default:
          double d = Double.parseDouble(text);
          if (Double.isFinite(d)) {
            return d;
          }
      }
    } catch (NumberFormatException e) {
      // reported below, with the field's name
    }
    String expectation =
        switch (type) {
          case INT -> "an integer of 32 bits";
          case LONG -> "an integer of 64 bits";
          default -> "a finite number";
        };
    throw new InvalidFeatureException(field, expectation, text);
  }

  private Object array(String field, Schema schema, String text) {
    GenericData.Array<Object> items = new GenericData.Array<>(4, schema);
    if (text.isEmpty()) {
      return items;
    }
    String split = splits.getOrDefault(field, DEFAULT_SPLIT);
    int from = 0;
    for (int i = 0; from <= text.length(); i++) {
      int to = text.indexOf(split, from);
      String item = text.substring(from, to < 0 ? text.length() : to);
      items.add(convert(field + "[" + i + "]", schema.getElementType(), item));
      from = to < 0 ? text.length() + 1 : to + split.length();
    }
    return items;
  }
}
