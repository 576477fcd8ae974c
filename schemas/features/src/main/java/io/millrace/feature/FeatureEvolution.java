package io.millrace.feature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The schema of a running model after a compatible newer version came: the older fields at their
 * places as the newer version has them, then what it adds. Features that the newer version no
 * longer has stay, because the model's weights for them do; they read as their defaults.
 */
public final class FeatureEvolution {
  private static final String RECORD = "millrace";
  private static final String FIELD = "feature";

  private FeatureEvolution() {}

  /**
   * Evolves a schema. If the newer version only appends to the older, this is the newer version.
   *
   * @param newer found compatible by {@link FeatureCompatibility}
   * @param additions whether to take what the newer version adds; if not, the features stay the
   *     older schema's
   * @throws InvalidFeatureSchemaException if the two cannot be one
   */
  public static FeatureSchema evolve(FeatureSchema older, FeatureSchema newer, boolean additions) {
    Schema before = older.avro();
    Schema now = newer.avro();
    Map<String, String> names = new HashMap<>();
    Map<Schema.Field, Schema.Field> newerOf = new HashMap<>();
    for (Schema.Field field : now.getFields()) {
      Schema.Field source = FeatureCompatibility.olderField(before, field);
      if (source != null) {
        newerOf.put(source, field);
        names.put(source.name(), field.name());
      }
    }
    List<Schema.Field> fields = new ArrayList<>();
    Set<Schema.Field> used = new HashSet<>();
    for (Schema.Field field : before.getFields()) {
      Schema.Field successor = newerOf.get(field);
      if (successor != null) {
        used.add(successor);
        boolean added = field.getObjectProp(FIELD) == null && !additions;
        Schema.Field kept = added ? withoutProperties(successor) : successor;
        fields.add(annotated(kept, field, names));
      } else if (field.getObjectProp(FIELD) != null) {
        fields.add(annotated(withoutProperties(field), field, names));
      }
    }
    for (Schema.Field field : now.getFields()) {
      if (additions && !used.contains(field)) {
        fields.add(new Schema.Field(field, field.schema()));
      }
    }
    Schema evolved =
        Schema.createRecord(now.getName(), now.getDoc(), now.getNamespace(), false, fields);
    now.getAliases().forEach(evolved::addAlias);
    now.getObjectProps()
        .forEach((name, value) -> put(evolved, name, value, older, newer, names, additions));
    return FeatureSchema.parse(evolved);
  }

  /** The numbers of the older schema's features in the evolved one, by number. */
  public static int[] positions(FeatureSchema older, FeatureSchema evolved) {
    int[] positions = new int[older.encodedFields().size()];
    for (int f = 0; f < positions.length; f++) {
      positions[f] = position(older.encodedFields().get(f), evolved);
    }
    return positions;
  }

  private static int position(Feature feature, FeatureSchema evolved) {
    for (int f = 0; f < evolved.encodedFields().size(); f++) {
      Feature candidate = evolved.encodedFields().get(f);
      Schema.Field field = evolved.avro().getField(candidate.name());
      boolean same =
          candidate.name().equals(feature.name())
              || (field != null && field.aliases().contains(feature.name()));
      if (same && candidate.id().equals(feature.id())) {
        return f;
      }
    }
    throw new IllegalArgumentException(
        "evolved schema: no feature %s of id %s, expected all of the older schema's"
            .formatted(feature.name(), feature.id()));
  }

  /** A field, as a feature if the older one was one. */
  private static Schema.Field annotated(
      Schema.Field field, Schema.Field older, Map<String, String> names) {
    Schema.Field copy = new Schema.Field(field, field.schema());
    if (field.getObjectProp(FIELD) == null
        && older.getObjectProp(FIELD) instanceof Map<?, ?> annotation) {
      Map<String, @Nullable Object> kept = new LinkedHashMap<>();
      annotation.forEach((key, value) -> kept.put(key.toString(), value));
      if (kept.get("shares") instanceof String shared) {
        kept.put("shares", names.getOrDefault(shared, shared));
      }
      copy.addProp(FIELD, kept);
    }
    return copy;
  }

  private static Schema.Field withoutProperties(Schema.Field field) {
    Schema.Field copy =
        new Schema.Field(
            field.name(), field.schema(), field.doc(), field.defaultVal(), field.order());
    field.aliases().forEach(copy::addAlias);
    return copy;
  }

  private static void put(
      Schema evolved,
      String name,
      @Nullable Object value,
      FeatureSchema older,
      FeatureSchema newer,
      Map<String, String> names,
      boolean additions) {
    if (!name.equals(RECORD) || !(value instanceof Map<?, ?> given)) {
      evolved.addProp(name, value);
      return;
    }
    Map<String, @Nullable Object> record = new LinkedHashMap<>();
    given.forEach((key, entry) -> record.put(key.toString(), entry));
    crosses(record, older, newer, names, additions);
    Set<String> retired = new TreeSet<>(newer.retired());
    older.encodedFields().forEach(feature -> retired.remove(feature.id()));
    if (retired.isEmpty()) {
      record.remove("retired");
    } else if (retired.size() < newer.retired().size()) {
      record.put("retired", List.copyOf(retired));
    }
    Schema.Field position =
        record.get("position") instanceof String field ? evolved.getField(field) : null;
    if (position == null || position.getObjectProp(FIELD) == null) {
      record.remove("position");
    }
    evolved.addProp(name, record);
  }

  /** Adds the crosses that the newer version no longer has. */
  private static void crosses(
      Map<String, @Nullable Object> record,
      FeatureSchema older,
      FeatureSchema newer,
      Map<String, String> names,
      boolean additions) {
    List<Object> crosses = new ArrayList<>();
    if (record.get("crosses") instanceof List<?> present) {
      Set<String> known = new HashSet<>();
      older.encodedFields().forEach(feature -> known.add(feature.name()));
      present.stream()
          .filter(cross -> additions || known.contains(((Map<?, ?>) cross).get("name")))
          .forEach(crosses::add);
    }
    for (Feature feature : older.encodedFields()) {
      if (!feature.isField()
          && newer.encodedFields().stream().noneMatch(f -> f.id().equals(feature.id()))) {
        crosses.add(
            Map.of(
                "name", feature.name(),
                "fields", feature.fields().stream().map(f -> names.getOrDefault(f, f)).toList(),
                "id", feature.id(),
                "lookups", feature.lookups()));
      }
    }
    if (crosses.isEmpty()) {
      record.remove("crosses");
    } else {
      record.put("crosses", crosses);
    }
  }
}
