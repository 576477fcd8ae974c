package io.millrace.replay;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.file.DataSet;
import io.millrace.file.FileFormat;
import io.millrace.file.FileOptions;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.FilePlan;
import io.millrace.file.Label;
import io.millrace.file.RowReader;
import io.millrace.file.SchemaDraft;
import io.millrace.file.SchemaFit;
import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file, what it is, and the features that are learned from it.
 *
 * @param settings what the user said of it
 * @param drafted whether the schema was drafted from the file
 */
public record SourceFile(
    SourceSettings settings, FilePlan plan, FeatureSchema schema, SchemaFit fit, boolean drafted) {
  /** Bytes of rows that are held when a file is sorted. */
  private static final long SORT_BYTES = 256L << 20;

  /**
   * Looks at a file: its features are those of the schema that is given, of the data set's, or of a
   * draft.
   *
   * @throws io.millrace.file.UnusableFileException if it cannot be read, or a schema doesn't fit it
   */
  public static SourceFile of(Path file, SourceSettings settings) {
    if (settings.schema().isPresent()) {
      return of(file, settings, SourceSettings.readSchema(settings.schema().get()));
    }
    Optional<DataSet> known = settings.dataSet();
    if (known.isPresent()) {
      return ofDataSet(file, settings, known.get());
    }
    FilePlan plan = FilePlan.of(file, settings.options());
    if (plan.format() == FileFormat.LIBSVM && fits(plan)) {
      return of(file, settings, BuiltInSchemas.load(BuiltInSchemas.LIBSVM_10));
    }
    FeatureSchema schema = SchemaDraft.schema(plan);
    return new SourceFile(settings, plan, schema, SchemaFit.of(schema, plan), true);
  }

  private static SourceFile ofDataSet(Path file, SourceSettings settings, DataSet set) {
    try {
      return of(file, settings, BuiltInSchemas.load(set.schemaName()));
    } catch (UnusableFileException e) {
      if (!Files.isRegularFile(file)) {
        throw e;
      }
      throw new UnusableFileException(
          "%s; --format %s is %s; without --format the file is taken for what it is"
              .formatted(e.getMessage(), set.schemaName(), set.contents()));
    }
  }

  /** Lines of ten ids of value 1 are those of the benchmarks in this format. */
  private static boolean fits(FilePlan plan) {
    return plan.names()
        .equals(List.of("label", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"));
  }

  /** Looks at a file whose features are those of a schema; errors as of the other. */
  public static SourceFile of(Path file, SourceSettings settings, FeatureSchema schema) {
    FileOptions options = settings.options().forSchema(schema);
    FilePlan plan = FilePlan.of(file, options);
    return new SourceFile(settings, plan, schema, SchemaFit.of(schema, plan), false);
  }

  /**
   * Looks at another file of the same kind, with the same features and the same rule of the label.
   */
  public SourceFile like(Path other) {
    FileOptions options = settings.options().forSchema(schema);
    if (plan.label().isPresent()) {
      Label label = plan.label().get();
      options = options.with(Option.LABEL, label.name());
      if (label.rule().positive() != null) {
        options = options.with(Option.POSITIVE, label.rule().positive());
      } else if (!Double.isNaN(label.rule().from())) {
        options = options.with(Option.POSITIVE_FROM, String.valueOf(label.rule().from()));
      }
    }
    FilePlan found = FilePlan.of(other, options);
    return new SourceFile(settings, found, schema, SchemaFit.of(schema, found), false);
  }

  /** The same file with the features of another version of its schema. */
  SchemaFit fit(FeatureSchema version) {
    return SchemaFit.of(version, plan);
  }

  /** The file. */
  public Path file() {
    return plan.file();
  }

  /** Whether rows have an event time of their own. */
  boolean ownTime() {
    return !timeColumn().isEmpty();
  }

  /**
   * The rows in the order in which they are streamed: that of a column, of their event times, or of
   * the file.
   *
   * @param scratch a folder for what a sort does not hold in memory
   */
  public RowReader open(Optional<String> orderBy, Path scratch) throws IOException {
    Optional<String> order = order(orderBy);
    return order.isPresent() ? plan.openOrdered(order.get(), scratch, SORT_BYTES) : plan.open();
  }

  /** The column that rows are sorted by, if they are. */
  private Optional<String> order(Optional<String> orderBy) {
    if (orderBy.isPresent()) {
      return orderBy;
    }
    boolean sorted = plan.whole() && plan.timeOrdered();
    return ownTime() && !sorted ? Optional.of(timeColumn()) : Optional.empty();
  }

  /** Whether rows have a time of their own, and stand in its order. */
  public boolean inTimeOrder() {
    return ownTime() && plan.timeOrdered();
  }

  /** The column of the schema's time field. */
  String timeColumn() {
    return schema.timeField().map(fit::columnOf).orElse("");
  }

  /** The label's column and rule, in words. */
  String labelWords() {
    return plan.label().map(label -> label.name() + label.rule().exactly()).orElse("none");
  }

  /** What it is, in a word: its data set or its format. */
  String formatName() {
    return settings.dataSet().map(DataSet::schemaName).orElse(plan.format().option());
  }

  /** What was found, for a person to read before the work starts. */
  public List<String> describe() {
    return describe(Optional.empty());
  }

  /** The same where a column says the order of the rows. */
  List<String> describe(Optional<String> orderBy) {
    List<String> lines = new ArrayList<>(plan.describe());
    fit.notes(orderBy).forEach(note -> lines.add("note: " + note));
    boolean timeIsFeature =
        schema.timeField().isPresent()
            && schema.encodedFields().stream()
                .anyMatch(f -> f.name().equals(schema.timeField().get()));
    if (timeIsFeature && !ownTime()) {
      lines.add(
          "note: feature '%s' is the event time, which the file does not have: it is made up, from"
                  .formatted(schema.timeField().get())
              + " 2000-01-01 on");
    }
    if (drafted) {
      lines.add(
          "features: %d, by what was found; millrace schema init %s writes them down"
              .formatted(schema.encodedFields().size(), file().getFileName()));
    }
    return lines;
  }
}
