package io.millrace.replay;

import io.millrace.feature.FeatureSchema;
import io.millrace.feature.NearestName;
import io.millrace.standalone.UserError;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;

/**
 * A feature that comes to a stream on its way: events before a row are of a schema without it,
 * events from there on of the next version, which adds it.
 *
 * @param feature its name
 * @param before the schema without it
 * @param after the schema with it, as the last field and with a default
 * @param at share of the rows before, 0 to 1; with 1 the feature never comes
 */
public record Evolution(String feature, FeatureSchema before, FeatureSchema after, double at) {

  /**
   * Takes a feature out of a schema, and adds it to the next version.
   *
   * @throws UserError if there is no such feature, another one needs it, or the share is no share
   */
  public static Evolution adding(String feature, FeatureSchema full, double at) {
    if (!(at >= 0 && at <= 1)) {
      throw new UserError("--evolve-at %s, expected 0 to 1".formatted(at));
    }
    Schema.Field added = full.avro().getField(feature);
    if (added == null || added.getObjectProp("feature") == null) {
      throw new UserError(
          "--add-feature '%s', expected a feature of %s%s"
              .formatted(
                  feature,
                  full.name(),
                  NearestName.hint(
                      feature,
                      full.avro().getFields().stream()
                          .filter(field -> field.getObjectProp("feature") != null)
                          .map(Schema.Field::name)
                          .toList())));
    }
    List<Schema.Field> rest = new ArrayList<>();
    for (Schema.Field field : full.avro().getFields()) {
      if (field != added) {
        rest.add(new Schema.Field(field, field.schema()));
      }
    }
    List<Schema.Field> all = new ArrayList<>();
    rest.forEach(field -> all.add(new Schema.Field(field, field.schema())));
    all.add(withDefault(added));
    try {
      return new Evolution(feature, schema(full, rest), schema(full, all), at);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "--add-feature %s: the schema without it is not valid: %s"
              .formatted(feature, e.getMessage()));
    }
  }

  private static FeatureSchema schema(FeatureSchema like, List<Schema.Field> fields) {
    Schema avro = like.avro();
    Schema schema =
        Schema.createRecord(avro.getName(), avro.getDoc(), avro.getNamespace(), false, fields);
    avro.getObjectProps().forEach(schema::addProp);
    return FeatureSchema.parse(schema);
  }

  private static Schema.Field withDefault(Schema.Field field) {
    if (field.hasDefaultValue()) {
      return new Schema.Field(field, field.schema());
    }
    Schema.Field with =
        new Schema.Field(field.name(), field.schema(), field.doc(), absent(field.schema()));
    field.getObjectProps().forEach(with::addProp);
    field.aliases().forEach(with::addAlias);
    return with;
  }

  private static Object absent(Schema schema) {
    return switch (schema.getType()) {
      case STRING -> "";
      case ARRAY -> List.of();
      case BOOLEAN -> false;
      case ENUM -> schema.getEnumSymbols().get(0);
      case UNION -> union(schema);
      default -> 0;
    };
  }

  /** A union's default is of its first type. */
  private static Object union(Schema schema) {
    Schema first = schema.getTypes().get(0);
    return first.getType() == Schema.Type.NULL ? JsonProperties.NULL_VALUE : absent(first);
  }

  /** The first row of the newer version, of so many. */
  long row(long rows) {
    return Math.round(at * rows);
  }
}
