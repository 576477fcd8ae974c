package io.millrace.feature;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * What an annotated Avro schema says about features: which fields are encoded, and how.
 *
 * <p>A field with a {@code feature} property is encoded, all others are only carried. {@code
 * docs/guides/schemas.md} has the properties of each kind:
 *
 * <ul>
 *   <li>{@code kind} is a {@link Feature.Kind}, as are the properties that only some kinds have
 *   <li>each kind: {@code id} (default the field's last alias, else its name) and {@code lookups}
 *       (default 1)
 * </ul>
 *
 * The record's {@code millrace} property may hold {@code id} and {@code time} (the fields with the
 * impression id and the event time), {@code label} (a field), {@code table} ({@code rows}, {@code
 * dim}), {@code retired} (ids of removed features, which no feature may have again) and {@code
 * crosses} (a list of {@code name}, {@code fields} and optionally {@code id} and {@code lookups}).
 * Any type may be nullable: {@code ["null", T]}.
 *
 * <p>For files, any field may say {@code column}, the column that it comes from where that has
 * another name, and {@code missing}, a list of the texts that stand for no value.
 *
 * <p>Immutable.
 */
public final class FeatureSchema {
  private final Schema avro;
  private final List<Feature> features;
  private final Optional<String> idField;
  private final Optional<String> timeField;
  private final Optional<String> positionField;
  private final Optional<String> labelField;
  private final TableSpec table;
  private final Set<String> retired;

  FeatureSchema(
      Schema avro,
      List<Feature> features,
      Optional<String> idField,
      Optional<String> timeField,
      Optional<String> positionField,
      Optional<String> labelField,
      TableSpec table,
      Set<String> retired) {
    this.avro = avro;
    this.features = List.copyOf(features);
    this.idField = idField;
    this.timeField = timeField;
    this.positionField = positionField;
    this.labelField = labelField;
    this.table = table;
    this.retired = Set.copyOf(retired);
  }

  /**
   * Reads the annotations of a record schema.
   *
   * @throws InvalidFeatureSchemaException naming the place, if anything about them is wrong
   */
  public static FeatureSchema parse(Schema schema) {
    return new FeatureSchemaParser(schema).parse();
  }

  /**
   * Reads a feature schema from its JSON.
   *
   * @throws InvalidFeatureSchemaException if it is no Avro schema, or anything about its
   *     annotations is wrong
   */
  public static FeatureSchema parse(String json) {
    return parse(SchemaText.parse(json));
  }

  /** Whether a schema carries Millrace's annotations at all. */
  public static boolean isFeatureSchema(Schema schema) {
    return schema.getType() == Schema.Type.RECORD
        && (schema.getObjectProp("millrace") != null
            || schema.getFields().stream().anyMatch(f -> f.getObjectProp("feature") != null));
  }

  /** The schema that this was parsed from. */
  public Schema avro() {
    return avro;
  }

  /** The record's full name, which is its subject in the registry. */
  public String name() {
    return avro.getFullName();
  }

  /** F features: the annotated fields in the schema's order, then the crosses. Never empty. */
  public List<Feature> encodedFields() {
    return features;
  }

  /** The string field with the impression's id. */
  public Optional<String> idField() {
    return idField;
  }

  /** The long field with the event time in milliseconds since 1970. */
  public Optional<String> timeField() {
    return timeField;
  }

  /**
   * The int or long feature with the place at which an impression was shown, 1 the first: learned
   * from as any other, and the same for all candidates when a ranking is decided.
   */
  public Optional<String> positionField() {
    return positionField;
  }

  /**
   * A whole number as a record holds it in a field of type int or long.
   *
   * @throws ArithmeticException if the field is an int and the number is none
   */
  public Object wholeNumber(String field, long value) {
    boolean isLong =
        FieldType.of(avro.getField(field).schema()).schema().getType() == Schema.Type.LONG;
    return isLong ? (Object) value : (Object) Math.toIntExact(value);
  }

  /** The field with the label, in files that hold it. */
  public Optional<String> labelField() {
    return labelField;
  }

  /** The column of a file that a field comes from, if it has another name than the field. */
  public Optional<String> column(String field) {
    return Optional.ofNullable((String) avro.getField(field).getObjectProp("column"));
  }

  /** The texts that a field's schema declares to mean that there is no value, in files. */
  public List<String> missing(String field) {
    return avro.getField(field).getObjectProp("missing") instanceof List<?> texts
        ? texts.stream().map(String::valueOf).toList()
        : List.of();
  }

  public TableSpec table() {
    return table;
  }

  /** Ids of features that are gone: no feature may have them again. */
  public Set<String> retired() {
    return retired;
  }

  /** The most lookups of any feature; every feature's lookups divide it. */
  public int maxLookups() {
    return features.stream().mapToInt(Feature::lookups).max().orElseThrow();
  }

  @Override
  public String toString() {
    return name() + " " + features;
  }
}
