package io.millrace.file;

import io.millrace.feature.Feature;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InstantSpelling;
import io.millrace.feature.NearestName;
import io.millrace.file.decoding.UnusableFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/**
 * Which column of a file is which field of a schema: by the field's {@code column} property, its
 * name or an alias; of libsvm's places the k-th is the k-th feature where no name fits.
 */
public final class SchemaFit {
  private final FeatureSchema schema;
  private final FilePlan plan;
  private final int[] columns;
  private final List<String> unused;
  private final List<String> notes;

  private SchemaFit(
      FeatureSchema schema, FilePlan plan, int[] columns, List<String> unused, List<String> notes) {
    this.schema = schema;
    this.plan = plan;
    this.columns = columns;
    this.unused = List.copyOf(unused);
    this.notes = List.copyOf(notes);
  }

  /**
   * Pairs a schema with a file.
   *
   * @throws UnusableFileException naming each feature that no column is, with the nearest column,
   *     or a feature that is the label
   */
  public static SchemaFit of(FeatureSchema schema, FilePlan plan) {
    List<Schema.Field> fields = schema.avro().getFields();
    List<String> names = plan.names();
    int[] columns = new int[fields.size()];
    for (Schema.Field field : fields) {
      columns[field.pos()] = column(schema, field, names);
    }
    if (plan.layout() instanceof SparseSource.Layout sparse) {
      byPlace(schema, plan, sparse.columns(), columns);
    }
    List<String> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    Set<String> features =
        schema.encodedFields().stream().map(Feature::name).collect(Collectors.toSet());
    for (Schema.Field field : fields) {
      String name = field.name();
      int column = columns[field.pos()];
      boolean feature = features.contains(name);
      boolean isId = schema.idField().filter(name::equals).isPresent();
      boolean isTime = schema.timeField().filter(name::equals).isPresent();
      boolean isLabelField = schema.labelField().filter(name::equals).isPresent();
      if (column < 0 && isTime && plan.time().isPresent()) {
        column = plan.indexOf(plan.time().get().name());
        columns[field.pos()] = column;
        notes.add(
            "column '%s' is the schema's time field '%s'"
                .formatted(plan.time().get().name(), name));
      }
      if (column < 0 && feature && !isId && !isTime) {
        problems.add(unmatched(schema, field, names));
      } else if (column < 0 && !isId && !isTime && !isLabelField && !optional(field)) {
        problems.add(unmatched(schema, field, names));
      } else if (column >= 0) {
        Column found = plan.columns().get(column);
        if (feature && found.empty()) {
          empty.add(name);
        }
        if (feature && plan.label().isPresent() && plan.label().get().column() == column) {
          problems.add(
              "feature '%s' is the label '%s', which a model must not see"
                  .formatted(name, found.name()));
        }
        if (feature && found.onlyWhere() != null) {
          notes.add(
              "feature '%s' has values %s: it tells the answer".formatted(name, found.onlyWhere()));
        }
        noteTime(schema, field, found, notes);
      }
    }
    if (!empty.isEmpty()) {
      notes.add(
          "%s empty in every row"
              .formatted(
                  empty.size() == 1
                      ? "feature '" + empty.get(0) + "' is"
                      : "features " + first(empty) + " are"));
    }
    if (!problems.isEmpty()) {
      throw new UnusableFileException(
          "schema %s does not fit %s: %s%s"
              .formatted(
                  schema.name(),
                  plan.file().getFileName(),
                  String.join("; ", problems),
                  plan.layout() instanceof DelimitedSource.Layout d && !d.header()
                      ? "; the file has no header, --columns names its columns"
                      : ""));
    }
    List<String> unused = unused(plan, columns);
    for (String name : unused) {
      Column column = plan.columns().get(plan.indexOf(name));
      if (column.onlyWhere() != null) {
        notes.add("%s: %s: left out".formatted(name, column.onlyWhere()));
      }
    }
    return new SchemaFit(schema, plan, columns, unused, notes);
  }

  private static int column(FeatureSchema schema, Schema.Field field, List<String> names) {
    if (schema.column(field.name()).isPresent()) {
      String column = schema.column(field.name()).get();
      int exact = names.indexOf(column);
      return exact >= 0 ? exact : names.indexOf(column.strip());
    }
    int at = names.indexOf(field.name());
    for (String alias : field.aliases()) {
      at = at < 0 ? names.indexOf(alias) : at;
    }
    return at;
  }

  /** The k-th place of a libsvm line, or the k-th field of a libffm one, is the k-th feature. */
  private static void byPlace(
      FeatureSchema schema, FilePlan plan, SparseLayout layout, int[] columns) {
    List<Schema.Field> features =
        schema.encodedFields().stream()
            .filter(Feature::isField)
            .map(f -> schema.avro().getField(f.name()))
            .toList();
    boolean none = features.stream().allMatch(f -> columns[f.pos()] < 0);
    boolean places = layout.places() || plan.format() == FileFormat.LIBFFM;
    if (none && places && features.size() == layout.columns().size()) {
      int first = plan.columns().size() - layout.columns().size();
      for (int k = 0; k < features.size(); k++) {
        columns[features.get(k).pos()] = first + k;
      }
    }
  }

  private static String unmatched(FeatureSchema schema, Schema.Field field, List<String> names) {
    String wanted = schema.column(field.name()).orElse(field.name());
    String nearest =
        names.stream()
            .filter(n -> LabelFinder.normal(n).equals(LabelFinder.normal(wanted)))
            .findFirst()
            .map(n -> ", did you mean '" + n + "'?")
            .orElseGet(() -> NearestName.hint(wanted, new HashSet<>(limited(names))));
    return "column '%s' is not in the file%s%s"
        .formatted(
            wanted,
            nearest,
            nearest.startsWith(", did")
                ? " (\"column\": \"%s\" beside the field says so)"
                    .formatted(
                        nearest.substring(nearest.indexOf('\'') + 1, nearest.lastIndexOf('\'')))
                : "");
  }

  private static List<String> limited(List<String> names) {
    return names.size() <= 50 ? names : names.subList(0, 50);
  }

  private static boolean optional(Schema.Field field) {
    return field.hasDefaultValue()
        || (field.schema().isUnion()
            && field.schema().getTypes().stream().anyMatch(t -> t.getType() == Schema.Type.NULL));
  }

  private static void noteTime(
      FeatureSchema schema, Schema.Field field, Column column, List<String> notes) {
    boolean time =
        column.type() == ColumnType.INSTANT
            || schema.timeField().filter(field.name()::equals).isPresent();
    InstantSpelling spelling = column.spelling().instants();
    if (time && field.schema().toString().contains("long") && spelling != InstantSpelling.ISO) {
      notes.add("column '%s' is read as %s".formatted(column.name(), spelling.words()));
    }
    if (time && !column.examples().isEmpty()) {
      Long first = spelling.millis(column.examples().get(0));
      if (first != null && first >= 0 && first < 366L * 86_400_000) {
        notes.add(
            "column '%s': %s lies in 1970; --time-format says another unit"
                .formatted(column.name(), column.examples().get(0)));
      }
    }
  }

  private static List<String> unused(FilePlan plan, int[] columns) {
    Set<Integer> used = new HashSet<>();
    for (int column : columns) {
      used.add(column);
    }
    plan.label().ifPresent(label -> used.add(label.column()));
    plan.time().ifPresent(time -> used.add(plan.indexOf(time.name())));
    plan.id().ifPresent(id -> used.add(plan.indexOf(id.name())));
    List<String> unused = new ArrayList<>();
    for (int c = 0; c < plan.columns().size(); c++) {
      if (!used.contains(c)) {
        unused.add(plan.columns().get(c).name());
      }
    }
    return unused;
  }

  /** Columns that no field, label, time or id is. */
  public List<String> unused() {
    return unused;
  }

  /**
   * What the user should know: features without a value, columns that are not used, times.
   *
   * @param usedOtherwise a column that is used although no field, label, time or id is
   */
  public List<String> notes(Optional<String> usedOtherwise) {
    List<String> all = new ArrayList<>(new LinkedHashSet<>(notes));
    List<String> others =
        unused.stream()
            .filter(name -> plan.columns().get(plan.indexOf(name)).onlyWhere() == null)
            .filter(name -> usedOtherwise.filter(name::equals).isEmpty())
            .toList();
    if (!others.isEmpty()) {
      all.add("not used of the file: " + first(others));
    }
    return all;
  }

  private static String first(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(10, names.size())))
        + (names.size() > 10 ? " and " + (names.size() - 10) + " more" : "");
  }

  /** The column of a field, or an empty text if the file has none. */
  public String columnOf(String field) {
    Schema.Field found = schema.avro().getField(field);
    return found == null || columns[found.pos()] < 0
        ? ""
        : plan.columns().get(columns[found.pos()]).name();
  }

  /** The schema. */
  public FeatureSchema schema() {
    return schema;
  }

  /** Makes records of rows. */
  public FileRecords records() {
    return new FileRecords(schema, plan, columns);
  }
}
