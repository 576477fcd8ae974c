package io.millrace.cli;

import io.millrace.replay.SourceSettings;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that say what a file holds in the place of what is found in it, shared by the
 * commands that read one.
 */
public final class FeatureSource {
  @Sets("source.format")
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "csv, jsonl, parquet, libsvm, libffm or vw, in the place of what is found; or a data set: movielens-stream, talkingdata, criteo.")
  private @Nullable String format;

  @Sets("source.schema")
  @Option(
      names = "--schema",
      paramLabel = "FILE",
      description =
          "Annotated Avro schema (.avsc); without it the features are those of the columns.")
  private @Nullable String schema;

  @Sets("source.label")
  @Option(names = "--label", paramLabel = "COLUMN", description = "The label.")
  private @Nullable String label;

  @Sets("source.positive")
  @Option(
      names = "--positive",
      paramLabel = "VALUE",
      description = "The label's value that counts as positive; all others are negative.")
  private @Nullable String positive;

  @Sets("source.positiveFrom")
  @Option(
      names = "--positive-from",
      paramLabel = "NUMBER",
      description = "The number from which on a label counts as positive.")
  private @Nullable String positiveFrom;

  @Sets("source.time")
  @Option(names = "--time", paramLabel = "COLUMN", description = "The event time, or none.")
  private @Nullable String time;

  @Sets("source.timeFormat")
  @Option(
      names = "--time-format",
      paramLabel = "HOW",
      description = "How it is written: iso, seconds, millis, micros, ...")
  private @Nullable String timeFormat;

  @Sets("source.id")
  @Option(names = "--id", paramLabel = "COLUMN", description = "The row's id, or none.")
  private @Nullable String id;

  @Sets("source.separator")
  @Option(names = "--separator", paramLabel = "TEXT", description = "What stands between cells.")
  private @Nullable String separator;

  @Sets("source.quote")
  @Option(
      names = "--quote",
      paramLabel = "CHARACTER",
      description = "What stands around cells, or none.")
  private @Nullable String quote;

  @Sets("source.header")
  @Option(
      names = "--header",
      paramLabel = "yes|no",
      description = "Whether the first line names the columns.")
  private @Nullable String header;

  @Sets("source.columns")
  @Option(
      names = "--columns",
      paramLabel = "NAMES",
      description = "Names of all columns, with commas between.")
  private @Nullable String columns;

  @Sets("source.encoding")
  @Option(names = "--encoding", paramLabel = "NAME", description = "For example ISO-8859-1.")
  private @Nullable String encoding;

  @Sets("source.decimal")
  @Option(
      names = "--decimal",
      paramLabel = "point|comma",
      description = "How fractions are written.")
  private @Nullable String decimal;

  @Sets("source.missing")
  @Option(
      names = "--missing",
      paramLabel = "TEXTS",
      description = "Texts that mean that a value is missing, with commas between.")
  private @Nullable String missing;

  @Sets("source.types")
  @Option(
      names = "--types",
      paramLabel = "PAIRS",
      description = "Types of columns: zip=text,age=number.")
  private @Nullable String types;

  @Sets("source.split")
  @Option(
      names = "--split",
      paramLabel = "PAIRS",
      description = "What separates the items of a column: genres=|.")
  private @Nullable String split;

  /** What the options say, for a command that has no other settings. */
  public SourceSettings settings() {
    return new SourceSettings(
        Optional.ofNullable(format),
        Optional.ofNullable(schema).map(Path::of),
        Optional.ofNullable(label),
        Optional.ofNullable(positive),
        Optional.ofNullable(positiveFrom),
        Optional.ofNullable(time),
        Optional.ofNullable(timeFormat),
        Optional.ofNullable(id),
        Optional.ofNullable(separator),
        Optional.ofNullable(quote),
        Optional.ofNullable(header),
        Optional.ofNullable(columns),
        Optional.ofNullable(encoding),
        Optional.ofNullable(decimal),
        Optional.ofNullable(missing),
        Optional.ofNullable(types),
        Optional.ofNullable(split));
  }
}
