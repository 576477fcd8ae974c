package io.millrace.feature;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records from what people send: parsed JSON, or the columns of a file. Nothing is guessed: a field
 * that the schema does not have, or a value of another type, is an error that names it. A field
 * that is not there gets its default, or null if it is nullable.
 */
public final class FeatureRecords {
  private FeatureRecords() {}

  /**
   * A record from parsed JSON: strings, {@link Number}s, booleans, lists, maps and nulls.
   *
   * @throws InvalidFeatureException naming field, expectation and value
   */
  public static GenericRecord fromMap(
      FeatureSchema schema, Map<String, ? extends @Nullable Object> values) {
    return build(
        schema, values, (field, value) -> JsonValue.convert(field.name(), field.schema(), value));
  }

  /**
   * A record from text, as a CSV file holds it. An empty text is null for a nullable field, the
   * default for one that has a default, an empty list for a sequence, and itself for a string.
   *
   * @throws InvalidFeatureException naming field, expectation and value
   */
  public static GenericRecord fromStrings(FeatureSchema schema, Map<String, String> values) {
    TextValue text = new TextValue(schema);
    return build(schema, values, text::convert);
  }

  private static <V> GenericRecord build(
      FeatureSchema schema,
      Map<String, V> values,
      BiFunction<Schema.Field, V, @Nullable Object> convert) {
    GenericData.Record record = new GenericData.Record(schema.avro());
    int used = 0;
    for (Schema.Field field : schema.avro().getFields()) {
      V value = values.get(field.name());
      if (value != null) {
        used++;
        record.put(field.pos(), convert.apply(field, value));
      } else if (values.containsKey(field.name())) {
        used++;
        if (!FieldType.of(field.schema()).nullable()) {
          throw new InvalidFeatureException(field.name(), "a value (it is not nullable)", null);
        }
      } else {
        try {
          record.put(field.pos(), absent(field));
        } catch (InvalidFeatureException missing) {
          // A misspelt name is why another one is missing: say the cause.
          throw hasUnknownField(schema, values) ? unknownField(schema, values) : missing;
        }
      }
    }
    if (used < values.size()) {
      throw unknownField(schema, values);
    }
    return record;
  }

  /** The value of a field that was not given. */
  static @Nullable Object absent(Schema.Field field) {
    if (field.hasDefaultValue()) {
      return GenericData.get().deepCopy(field.schema(), GenericData.get().getDefaultValue(field));
    }
    if (FieldType.of(field.schema()).nullable()) {
      return null;
    }
    throw new InvalidFeatureException(
        field.name(), "a value (it is neither nullable nor has it a default)", null);
  }

  private static boolean hasUnknownField(FeatureSchema schema, Map<String, ?> values) {
    return values.keySet().stream().anyMatch(name -> schema.avro().getField(name) == null);
  }

  private static InvalidFeatureException unknownField(
      FeatureSchema schema, Map<String, ? extends @Nullable Object> values) {
    Set<String> known = new TreeSet<>();
    schema.avro().getFields().forEach(f -> known.add(f.name()));
    String unknown =
        new TreeSet<>(values.keySet()).stream().filter(n -> !known.contains(n)).findFirst().get();
    return new InvalidFeatureException(
        unknown,
        "a field of " + schema.name() + NearestName.hint(unknown, known),
        values.get(unknown));
  }
}
