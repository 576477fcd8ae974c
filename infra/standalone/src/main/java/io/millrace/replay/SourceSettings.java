package io.millrace.replay;

import io.millrace.feature.FeatureSchema;
import io.millrace.feature.NearestName;
import io.millrace.file.DataSet;
import io.millrace.file.FileFormat;
import io.millrace.file.FileOptions;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.UnusableFileException;
import io.millrace.standalone.UserError;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;

/**
 * What a user says of what a file holds, in the place of what is found in it.
 *
 * @param format {@code csv}, {@code jsonl}, {@code parquet}, {@code libsvm}, {@code libffm} or
 *     {@code vw}; or a data set: {@code movielens-stream}, {@code talkingdata}, {@code criteo}
 * @param schema annotated Avro schema (.avsc); without it one is drafted from the file
 * @param label column of the label
 * @param positive the label's value that counts as positive; all others are negative
 * @param positiveFrom the number from which on a label counts as positive
 * @param time column of the event time, or {@code none}
 * @param timeFormat how that column is written: {@code iso}, {@code seconds}, {@code millis} and
 *     others
 * @param id column of the row's id, or {@code none}
 * @param separator what stands between cells
 * @param quote what stands around cells, or {@code none}
 * @param header {@code yes} or {@code no}
 * @param columns names of all columns, separated by commas
 * @param encoding for example {@code UTF-8} or {@code ISO-8859-1}
 * @param decimal {@code point} or {@code comma}
 * @param missing texts that mean that a value is missing, separated by commas
 * @param types types of columns: {@code zip=text,age=number}
 * @param split what separates the items of a column: {@code genres=|}
 */
@RecordBuilder
public record SourceSettings(
    Optional<String> format,
    Optional<Path> schema,
    Optional<String> label,
    Optional<String> positive,
    Optional<String> positiveFrom,
    Optional<String> time,
    Optional<String> timeFormat,
    Optional<String> id,
    Optional<String> separator,
    Optional<String> quote,
    Optional<String> header,
    Optional<String> columns,
    Optional<String> encoding,
    Optional<String> decimal,
    Optional<String> missing,
    Optional<String> types,
    Optional<String> split)
    implements SourceSettingsBuilder.With {

  /** Nothing said. */
  public static final SourceSettings NONE = SourceSettingsBuilder.builder().build();

  /** A format or data set, and nothing else. */
  public static SourceSettings ofFormat(String format) {
    return NONE.withFormat(Optional.of(format));
  }

  /** The same of a file without labels. */
  public SourceSettings unlabelled() {
    return with(
        same ->
            same.label(Optional.of("none"))
                .positive(Optional.empty())
                .positiveFrom(Optional.empty()));
  }

  /** The known data set that the format names, if it is one. */
  Optional<DataSet> dataSet() {
    return format.flatMap(DataSet::named);
  }

  /** What the settings say to who reads the file. */
  FileOptions options() {
    FileOptions options = dataSet().map(DataSet::options).orElse(FileOptions.NONE);
    if (dataSet().isEmpty()) {
      format.ifPresent(SourceSettings::requireFormat);
      options = with(options, Option.FORMAT, format);
    }
    options = with(options, Option.LABEL, label);
    options = with(options, Option.POSITIVE, positive);
    options = with(options, Option.POSITIVE_FROM, positiveFrom);
    options = with(options, Option.TIME, time);
    options = with(options, Option.TIME_FORMAT, timeFormat);
    options = with(options, Option.ID, id);
    options = with(options, Option.SEPARATOR, separator);
    options = with(options, Option.QUOTE, quote);
    options = with(options, Option.HEADER, header);
    options = with(options, Option.COLUMNS, columns);
    options = with(options, Option.ENCODING, encoding);
    options = with(options, Option.DECIMAL, decimal);
    options = with(options, Option.MISSING, missing);
    options = with(options, Option.TYPES, types);
    return with(options, Option.SPLIT, split);
  }

  private static void requireFormat(String name) {
    try {
      var unused = FileFormat.named(name);
    } catch (UnusableFileException e) {
      List<String> names =
          Stream.concat(FileFormat.names().stream(), DataSet.names().stream()).toList();
      throw new UserError(
          "--format '%s', expected one of %s%s"
              .formatted(
                  name,
                  names,
                  NearestName.find(name, names)
                      .map(nearest -> ", did you mean '" + nearest + "'?")
                      .orElse("")));
    }
  }

  private static FileOptions with(FileOptions options, Option option, Optional<String> value) {
    return value.map(given -> options.with(option, given)).orElse(options);
  }

  /** What was said of the label, in words. */
  String labelWords() {
    return shown(
        "label %s, positive %s, positive from %s".formatted(label, positive, positiveFrom));
  }

  private static String shown(String options) {
    return options.replace("Optional.empty", "found").replaceAll("Optional\\[([^]]*)]", "$1");
  }

  /** What was said, but for the schema and the label, in words. */
  String words() {
    return shown(
        "format %s, time %s %s, id %s, separator %s, quote %s, header %s, columns %s, encoding %s, decimal %s, missing %s, types %s, split %s"
            .formatted(
                format,
                time,
                timeFormat,
                id,
                separator,
                quote,
                header,
                columns,
                encoding,
                decimal,
                missing,
                types,
                split));
  }

  /** Reads an annotated schema; what is wrong with it becomes a {@link UserError}. */
  public static FeatureSchema readSchema(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new UserError("schema %s: no such file".formatted(file));
    }
    try {
      return FeatureSchema.parse(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new UserError("schema %s: not a text in UTF-8".formatted(file));
    } catch (IOException e) {
      throw new UserError("schema %s cannot be read: %s".formatted(file, e.getMessage()));
    } catch (IllegalArgumentException | AvroRuntimeException e) {
      throw new UserError("schema %s: %s".formatted(file, e.getMessage()));
    }
  }
}
