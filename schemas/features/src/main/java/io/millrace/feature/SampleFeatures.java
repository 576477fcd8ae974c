package io.millrace.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Made-up features that a schema takes, for trying out what will be asked with real ones. */
public final class SampleFeatures {
  private static final int ITEMS = 8;

  private SampleFeatures() {}

  /**
   * A value for every field but id, time and position, as parsed JSON holds it; numbers are not
   * negative, so that every transform takes them. In the schema's order.
   *
   * @param n another n gives other values
   */
  public static Map<String, Object> of(FeatureSchema schema, int n) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Schema.Field field : schema.avro().getFields()) {
      Object value =
          value(
              FieldType.of(field.schema()).schema(),
              taken(schema, field.name(), n & Integer.MAX_VALUE));
      if (value != null) {
        values.put(field.name(), value);
      }
    }
    schema.idField().ifPresent(values::remove);
    schema.timeField().ifPresent(values::remove);
    schema.positionField().ifPresent(values::remove);
    return values;
  }

  /** A number that the feature of a field takes, n if it does, else the first of those it does. */
  private static int taken(FeatureSchema schema, String field, int n) {
    return schema.encodedFields().stream()
        .filter(feature -> feature.name().equals(field))
        .findFirst()
        .map(feature -> feature.sample(n))
        .orElse(n);
  }

  /** Null for a type that JSON cannot give. */
  private static @Nullable Object value(Schema type, int n) {
    return switch (type.getType()) {
      case STRING -> "sample-" + n;
      case ENUM -> type.getEnumSymbols().get(n % type.getEnumSymbols().size());
      case INT, LONG -> n;
      case FLOAT, DOUBLE -> (double) n;
      case BOOLEAN -> n % 2 == 1;
      case ARRAY -> items(FieldType.of(type.getElementType()).schema(), n);
      case MAP -> Map.of();
      default -> null;
    };
  }

  private static List<Object> items(Schema type, int n) {
    List<Object> items = new ArrayList<>(ITEMS);
    for (int i = 0; i < ITEMS; i++) {
      Object item = value(type, (n + i) & Integer.MAX_VALUE);
      if (item != null) {
        items.add(item);
      }
    }
    return items;
  }
}
