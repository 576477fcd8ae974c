package io.millrace.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads one schema's annotations; see {@link FeatureSchema}. */
final class FeatureSchemaParser {
  private static final int MAX_LOOKUPS = 16;
  private static final int MAX_SEQUENCE = 10_000;
  private static final int DEFAULT_SEQUENCE = 100;
  private static final Set<String> RECORD_PROPERTIES =
      Set.of("id", "time", "position", "label", "table", "retired", "crosses");
  private static final List<String> NUMERIC_TRANSFORMS =
      List.of("none", "log1p", "sqrt", "scale", "standardize");

  private final Schema schema;
  private final Map<String, Feature> features = new LinkedHashMap<>();
  private final Map<String, String> fieldByColumn = new HashMap<>();

  FeatureSchemaParser(Schema schema) {
    if (schema.getType() != Schema.Type.RECORD) {
      throw new InvalidFeatureSchemaException(
          "feature schema: " + schema.getType() + ", expected a record");
    }
    this.schema = schema;
  }

  FeatureSchema parse() {
    refuseMistypedAnnotation(schema.getObjectProps(), "millrace", schema.getFullName());
    for (Schema.Field field : schema.getFields()) {
      refuseMistypedAnnotation(field.getObjectProps(), "feature", place(field));
      forFiles(field);
      Object annotation = field.getObjectProp("feature");
      if (annotation != null) {
        features.put(field.name(), feature(field, annotation));
      }
    }
    resolveShares();
    Object annotation = schema.getObjectProp("millrace");
    PropertyReader record =
        new PropertyReader(
                schema.getFullName() + ": millrace", annotation == null ? Map.of() : annotation)
            .allow(RECORD_PROPERTIES);
    TableSpec table = table(record);
    crosses(record);
    if (features.isEmpty()) {
      throw new InvalidFeatureSchemaException(
          schema.getFullName() + ": no field has a 'feature' property, expected at least one");
    }
    Set<String> retired = record.has("retired") ? Set.copyOf(record.strings("retired")) : Set.of();
    checkIds(retired);
    checkLookups(table);
    return new FeatureSchema(
        schema,
        List.copyOf(features.values()),
        carried(record, "id", Schema.Type.STRING),
        carried(record, "time", Schema.Type.LONG),
        position(record),
        carried(record, "label", null),
        table,
        retired);
  }

  /** What only readers of files ask for. */
  private void forFiles(Schema.Field field) {
    refuseMistypedAnnotation(field.getObjectProps(), "column", place(field));
    refuseMistypedAnnotation(field.getObjectProps(), "missing", place(field));
    PropertyReader p = new PropertyReader(place(field), field.getObjectProps());
    Optional<String> column = p.string("column");
    if (p.has("missing")) {
      p.strings("missing");
    }
    if (column.isPresent()) {
      String other = fieldByColumn.put(column.get(), field.name());
      if (other != null) {
        throw p.error(
            "column", column.get(), "a column that no other field has, not " + other + "'s");
      }
    }
  }

  private Feature feature(Schema.Field field, Object annotation) {
    PropertyReader p = new PropertyReader(place(field) + ": feature", annotation);
    Feature.Kind kind = kind(p);
    p.allow(properties(kind));
    FieldType type = FieldType.of(field.schema());
    String id = p.string("id").orElse(firstName(field));
    int lookups = (int) p.integer("lookups", 1, 1, MAX_LOOKUPS);
    return switch (kind) {
      case CATEGORICAL -> {
        require(type.isCategorical(), field, kind, "string, int, long, boolean or enum");
        yield new Feature.Categorical(field.name(), id, lookups, categorical(p, field, type));
      }
      case NUMERIC -> {
        require(type.isNumeric(), field, kind, "int, long, float or double");
        yield new Feature.Numeric(field.name(), id, lookups, numeric(p), limit(p));
      }
      case SEQUENCE -> {
        require(
            type.type() == Schema.Type.ARRAY
                && FieldType.of(type.schema().getElementType()).isCategorical()
                && !FieldType.of(type.schema().getElementType()).nullable(),
            field,
            kind,
            "an array of string, int, long, boolean or enum");
        yield sequence(p, field, id, lookups);
      }
      case CROSS -> throw new IllegalStateException(kind + " of a field");
    };
  }

  private static Set<String> properties(Feature.Kind kind) {
    Set<String> known = new HashSet<>(kind.properties());
    known.addAll(Set.of("id", "lookups"));
    if (kind.isField()) {
      known.add("kind");
    }
    return known;
  }

  private static Feature.Kind kind(PropertyReader p) {
    String given = p.requiredString("kind");
    List<Feature.Kind> kinds =
        Arrays.stream(Feature.Kind.values()).filter(Feature.Kind::isField).toList();
    return kinds.stream()
        .filter(kind -> kind.word().equals(given))
        .findFirst()
        .orElseThrow(
            () -> p.unknown("kind", given, kinds.stream().map(Feature.Kind::word).toList()));
  }

  /** A field that was renamed stays the feature that it was: its last alias is its oldest name. */
  private static String firstName(Schema.Field field) {
    String first = field.name();
    for (String alias : field.aliases()) {
      first = alias;
    }
    return first;
  }

  private static Feature.Sequence sequence(
      PropertyReader p, Schema.Field field, String id, int lookups) {
    Optional<String> shares = p.string("shares");
    if (shares.isPresent() && (p.has("id") || p.has("lookups"))) {
      throw p.error(
          "shares", shares.get(), "no 'id' and no 'lookups' beside it: both are shared as well");
    }
    String split = p.string("split").orElse("|");
    if (split.codePointCount(0, split.length()) != 1) {
      throw p.error("split", split, "one character");
    }
    return new Feature.Sequence(
        field.name(),
        id,
        lookups,
        (int) p.integer("max", DEFAULT_SEQUENCE, 1, MAX_SEQUENCE),
        p.oneOf("combiner", Combiner.MEAN),
        shares,
        split);
  }

  private static CategoricalTransform categorical(
      PropertyReader p, Schema.Field field, FieldType type) {
    CategoricalTransform transform = p.oneOf("transform", CategoricalTransform.NONE);
    if (transform != CategoricalTransform.NONE && !type.isIntegral()) {
      throw p.error("transform", p.requiredString("transform"), "an int or long field");
    }
    String logicalType = type.schema().getProp("logicalType");
    if (transform.ofTime()
        && (type.type() != Schema.Type.LONG
            || (logicalType != null && !logicalType.equals("timestamp-millis")))) {
      throw p.error(
          "transform",
          p.requiredString("transform"),
          "a long field of milliseconds since 1970, but " + field.name() + " is " + type.schema());
    }
    return transform;
  }

  private static NumericTransform numeric(PropertyReader p) {
    String transform = p.string("transform").orElse("none");
    if (!NUMERIC_TRANSFORMS.contains(transform)) {
      throw p.unknown("transform", transform, NUMERIC_TRANSFORMS);
    }
    boolean scale = transform.equals("scale");
    boolean standardize = transform.equals("standardize");
    for (String name : List.of("min", "max", "mean", "std")) {
      boolean belongs = name.startsWith("m") && !name.equals("mean") ? scale : standardize;
      if (p.has(name) && !belongs) {
        throw p.error("transform", transform, "no '" + name + "' beside it");
      }
    }
    try {
      return switch (transform) {
        case "log1p" -> new NumericTransform.Log1p();
        case "sqrt" -> new NumericTransform.Sqrt();
        case "scale" ->
            new NumericTransform.Scale(p.requiredNumber("min"), p.requiredNumber("max"));
        case "standardize" ->
            new NumericTransform.Standardize(p.requiredNumber("mean"), p.requiredNumber("std"));
        default -> new NumericTransform.None();
      };
    } catch (InvalidFeatureSchemaException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw p.error("transform", transform, "usable parameters: " + e.getMessage());
    }
  }

  private static NumericLimit limit(PropertyReader p) {
    double limit = NumericLimit.DEFAULT.limit();
    if (p.has("limit")) {
      limit = p.requiredNumber("limit");
      if (!(limit > 0 && limit <= NumericLimit.MOST)) {
        throw p.error("limit", limit, "a number above 0, at most " + NumericLimit.MOST);
      }
    }
    return new NumericLimit(limit, p.oneOf("outliers", NumericLimit.DEFAULT.outliers()));
  }

  private void resolveShares() {
    for (Feature feature : List.copyOf(features.values())) {
      if (!(feature instanceof Feature.Sequence sequence) || sequence.shares().isEmpty()) {
        continue;
      }
      String shares = sequence.shares().get();
      String place = place(field(sequence.name())) + ": feature.shares: '" + shares + "'";
      if (!(features.get(shares) instanceof Feature.Categorical shared)) {
        throw new InvalidFeatureSchemaException(
            place + ", expected a categorical feature" + NearestName.hint(shares, categoricals()));
      }
      if (shared.transform() != CategoricalTransform.NONE) {
        throw new InvalidFeatureSchemaException(
            place + " has a transform, expected a feature without one");
      }
      FieldType item =
          FieldType.of(FieldType.of(field(sequence.name()).schema()).schema().getElementType());
      if (!item.hashesLike(FieldType.of(field(shares).schema()))) {
        throw new InvalidFeatureSchemaException(
            place + " and the items differ in type, expected both textual or both integral");
      }
      features.put(
          sequence.name(),
          new Feature.Sequence(
              sequence.name(),
              shared.id(),
              shared.lookups(),
              sequence.max(),
              sequence.combiner(),
              sequence.shares(),
              sequence.split()));
    }
  }

  private TableSpec table(PropertyReader record) {
    if (!record.has("table")) {
      return TableSpec.DEFAULT;
    }
    PropertyReader table = record.object("table").allow(Set.of("rows", "dim"));
    return new TableSpec(
        table.integer("rows", TableSpec.DEFAULT.rows(), 1, TableSpec.MAX_ROWS),
        (int) table.integer("dim", TableSpec.DEFAULT.dim(), 1, TableSpec.MAX_DIM));
  }

  private void crosses(PropertyReader record) {
    List<?> crosses = record.list("crosses");
    for (int i = 0; i < crosses.size(); i++) {
      String place = schema.getFullName() + ": millrace.crosses[" + i + "]";
      PropertyReader p =
          new PropertyReader(place, crosses.get(i)).allow(properties(Feature.Kind.CROSS));
      String name = p.requiredString("name");
      if (schema.getField(name) != null || features.containsKey(name)) {
        throw p.error("name", name, "a name that no field and no other cross has");
      }
      List<String> fields = p.strings("fields");
      for (String field : fields) {
        Feature crossed = features.get(field);
        if (crossed == null || !crossed.isCategory()) {
          throw new InvalidFeatureSchemaException(
              place
                  + ".fields: '"
                  + field
                  + "', expected a categorical feature"
                  + NearestName.hint(field, categoricals()));
        }
      }
      if (fields.size() < 2 || Set.copyOf(fields).size() < fields.size()) {
        throw p.error("fields", fields, "at least two different fields");
      }
      features.put(
          name,
          new Feature.Cross(
              name,
              p.string("id").orElse(name),
              (int) p.integer("lookups", 1, 1, MAX_LOOKUPS),
              fields));
    }
  }

  private void checkIds(Set<String> retired) {
    Map<String, String> nameById = new HashMap<>();
    for (Feature feature : features.values()) {
      if (feature.shares().isPresent()) {
        continue;
      }
      if (retired.contains(feature.id())) {
        throw new InvalidFeatureSchemaException(
            "%s.%s: the id '%s' is retired, expected another 'id': what an earlier feature learned"
                    .formatted(schema.getFullName(), feature.name(), feature.id())
                + " under it must not be taken for this one's");
      }
      String other = nameById.put(feature.id(), feature.name());
      if (other != null) {
        throw new InvalidFeatureSchemaException(
            "%s: features %s and %s both have the id '%s', expected different ids ('shares' makes a"
                    .formatted(schema.getFullName(), other, feature.name(), feature.id())
                + " sequence use another feature's values)");
      }
    }
  }

  private void checkLookups(TableSpec table) {
    int most = features.values().stream().mapToInt(Feature::lookups).max().orElse(1);
    for (Feature feature : features.values()) {
      if (most % feature.lookups() != 0) {
        throw new InvalidFeatureSchemaException(
            "%s.%s: feature.lookups: %d, expected a divisor of %d, the most lookups of any feature"
                .formatted(schema.getFullName(), feature.name(), feature.lookups(), most));
      }
    }
    if (table.dim() % most != 0) {
      throw new InvalidFeatureSchemaException(
          "%s: millrace.table.dim: %d, expected a multiple of %d, the most lookups of any feature"
              .formatted(schema.getFullName(), table.dim(), most));
    }
  }

  private Optional<String> carried(
      PropertyReader record, String property, Schema.@Nullable Type type) {
    Optional<String> name = record.string(property);
    if (name.isPresent()) {
      Schema.Field field = schema.getField(name.get());
      if (field == null) {
        throw record.unknown(
            property, name.get(), schema.getFields().stream().map(Schema.Field::name).toList());
      }
      if (type != null && field.schema().getType() != type) {
        throw record.error(
            property, name.get(), "a field of type " + type.getName() + " that is not nullable");
      }
    }
    return name;
  }

  private Optional<String> position(PropertyReader record) {
    Optional<String> name = carried(record, "position", null);
    if (name.isPresent()) {
      Schema.Type type = FieldType.of(field(name.get()).schema()).schema().getType();
      if (!features.containsKey(name.get())
          || (type != Schema.Type.INT && type != Schema.Type.LONG)) {
        throw record.error(
            "position", name.get(), "a field of type int or long with a 'feature' property");
      }
      if (name.equals(record.string("time")) || name.equals(record.string("label"))) {
        throw record.error("position", name.get(), "a field with no other role");
      }
    }
    return name;
  }

  private List<String> categoricals() {
    List<String> names = new ArrayList<>();
    features.forEach(
        (name, feature) -> {
          if (feature.isCategory()) {
            names.add(name);
          }
        });
    return names;
  }

  private Schema.Field field(String name) {
    Schema.Field field = schema.getField(name);
    if (field == null) {
      throw new IllegalStateException("no field " + name + " in " + schema.getFullName());
    }
    return field;
  }

  private void require(boolean fits, Schema.Field field, Feature.Kind kind, String expectation) {
    if (!fits) {
      throw new InvalidFeatureSchemaException(
          "%s: a %s feature of type %s, expected %s (or a union of null and one of them)"
              .formatted(place(field), kind.word(), field.schema(), expectation));
    }
  }

  /**
   * Refuses a record in which no annotation is right but one was meant.
   *
   * @throws InvalidFeatureSchemaException naming the place
   */
  static void refuseMistypedAnnotations(Schema schema) {
    refuseMistypedAnnotation(schema.getObjectProps(), "millrace", schema.getFullName());
    for (Schema.Field field : schema.getFields()) {
      refuseMistypedAnnotation(
          field.getObjectProps(), "feature", schema.getFullName() + "." + field.name());
    }
  }

  /** An annotation under a slightly wrong name would silently leave the field out of the model. */
  private static void refuseMistypedAnnotation(
      Map<String, Object> properties, String annotation, String place) {
    for (String name : properties.keySet()) {
      if (!name.equals(annotation) && NearestName.distance(name, annotation) <= 2) {
        throw new InvalidFeatureSchemaException(
            place + ": unknown property '" + name + "', did you mean '" + annotation + "'?");
      }
    }
  }

  private String place(Schema.Field field) {
    return schema.getFullName() + "." + field.name();
  }
}
