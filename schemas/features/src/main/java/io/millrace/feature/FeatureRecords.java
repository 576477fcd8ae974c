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
 * that is not there gets its default, or null if it is nullable. A field's aliases are names for
 * it.
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
   * A record from text, as a file's cells hold it. An empty text is null for a nullable field, the
   * default for one that has a default, an empty list for a sequence, and itself for a string. What
   * else numbers, booleans, times and missing values may look like: {@link NumberSpelling}, {@link
   * Truth}, {@link InstantSpelling} and {@link MissingMarkers}.
   *
   * @throws InvalidFeatureException naming field, expectation and value
   */
  public static GenericRecord fromStrings(FeatureSchema schema, Map<String, String> values) {
    TextValue text = new TextValue(schema, Map.of());
    return build(schema, values, text::convert);
  }

  private static <V> GenericRecord build(
      FeatureSchema schema,
      Map<String, V> values,
      BiFunction<Schema.Field, V, @Nullable Object> convert) {
    GenericData.Record record = new GenericData.Record(schema.avro());
    int used = 0;
    for (Schema.Field field : schema.avro().getFields()) {
      String name = given(field, values);
      V value = values.get(name);
      if (value != null) {
        used++;
        record.put(field.pos(), convert.apply(field, value));
      } else if (values.containsKey(name)) {
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

  /** The name under which a field is given: its own, or one that it had. */
  private static String given(Schema.Field field, Map<String, ?> values) {
    if (!values.containsKey(field.name())) {
      for (String alias : field.aliases()) {
        if (values.containsKey(alias)) {
          return alias;
        }
      }
    }
    return field.name();
  }

  /** The field that a name means, by its name or by an alias, or null. */
  public static @Nullable String fieldOf(FeatureSchema schema, String name) {
    if (schema.avro().getField(name) != null) {
      return name;
    }
    for (Schema.Field field : schema.avro().getFields()) {
      if (field.aliases().contains(name)) {
        return field.name();
      }
    }
    return null;
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
    return values.keySet().stream().anyMatch(name -> fieldOf(schema, name) == null);
  }

  private static InvalidFeatureException unknownField(
      FeatureSchema schema, Map<String, ? extends @Nullable Object> values) {
    Set<String> known = new TreeSet<>();
    schema.avro().getFields().forEach(f -> known.add(f.name()));
    String unknown =
        new TreeSet<>(values.keySet())
            .stream()
                .filter(name -> fieldOf(schema, name) == null)
                .findFirst()
                .orElseGet(() -> twice(schema, values));
    return new InvalidFeatureException(
        unknown,
        "a field of " + schema.name() + NearestName.hint(unknown, known),
        values.get(unknown));
  }

  /** An alias given beside the field's own name. */
  private static String twice(FeatureSchema schema, Map<String, ?> values) {
    return values.keySet().stream()
        .filter(name -> !name.equals(fieldOf(schema, name)))
        .findFirst()
        .orElseThrow();
  }
}
