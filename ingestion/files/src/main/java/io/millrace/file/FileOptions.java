package io.millrace.file;

import io.millrace.feature.Feature;
import io.millrace.feature.FeatureSchema;
import io.millrace.file.decoding.UnusableFileException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a user says of a file, in place of what would be found. Immutable. */
public final class FileOptions {
  /** Nothing said. */
  public static final FileOptions NONE = new FileOptions(new EnumMap<>(Option.class), null);

  private final Map<Option, String> given;
  private final @Nullable FeatureSchema schema;

  /** What can be said. */
  public enum Option {
    /** A {@link FileFormat}'s name. */
    FORMAT,
    ENCODING,
    /** What stands between cells. */
    SEPARATOR,
    /** What stands around cells, or {@code none}. */
    QUOTE,
    /** {@code yes} or {@code no}. */
    HEADER,
    /** Names of all columns, separated by commas. */
    COLUMNS,
    /** The label's column, or {@code none} for a file that has none. */
    LABEL,
    /** The label's value that counts as positive; all others are negative. */
    POSITIVE,
    /** The number from which on a label counts as positive. */
    POSITIVE_FROM,
    /** The column of the event time, or {@code none}. */
    TIME,
    /** An {@link io.millrace.feature.InstantSpelling} of that column. */
    TIME_FORMAT,
    /** The column of the row's id, or {@code none}. */
    ID,
    /** {@code point} or {@code comma}. */
    DECIMAL,
    /** Texts that mean that a value is missing, separated by commas. */
    MISSING,
    /** Types of columns: {@code zip=text,age=number}. */
    TYPES,
    /** What separates the items of a column: {@code genres=|}. */
    SPLIT,
    /** Pairs of a libsvm line, where the k-th is the k-th feature. */
    PLACES;

    /** As it stands on a command line. */
    public String option() {
      return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private FileOptions(Map<Option, String> given, @Nullable FeatureSchema schema) {
    this.given = given;
    this.schema = schema;
  }

  /** The same with one more thing said. */
  public FileOptions with(Option option, String value) {
    EnumMap<Option, String> more = new EnumMap<>(Option.class);
    more.putAll(given);
    more.put(option, value);
    return new FileOptions(more, schema);
  }

  /**
   * The same for a schema: libsvm lines of as many pairs as it has categorical features are taken
   * place by place, as the CTR benchmarks in that format mean it, other lines of pairs have the
   * schema's columns, and the label's column is the schema's label field where the user says none.
   */
  public FileOptions forSchema(FeatureSchema schema) {
    List<Feature> features = schema.encodedFields().stream().filter(Feature::isField).toList();
    FileOptions options = new FileOptions(given, schema);
    if (features.stream().allMatch(Feature::isCategory) && get(Option.PLACES).isEmpty()) {
      options = options.with(Option.PLACES, String.valueOf(features.size()));
    }
    Optional<String> label = schema.labelField();
    if (label.isPresent() && get(Option.LABEL).isEmpty()) {
      String column = schema.column(label.get()).orElse(label.get());
      options = options.with(Option.LABEL, column);
    }
    return options;
  }

  /** The schema whose features are wanted of the file, if there is one. */
  Optional<FeatureSchema> schema() {
    return Optional.ofNullable(schema);
  }

  /** What was said. */
  public Optional<String> get(Option option) {
    return Optional.ofNullable(given.get(option));
  }

  boolean isNone(Option option) {
    return get(option).filter("none"::equals).isPresent();
  }

  List<String> list(Option option) {
    return get(option)
        .map(text -> Arrays.stream(text.split(",", -1)).map(String::strip).toList())
        .orElse(List.of());
  }

  /** {@code a=b} pairs; commas are between them. */
  Map<String, String> pairs(Option option) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : list(option)) {
      int at = pair.lastIndexOf('=');
      if (at < 1 || at == pair.length() - 1) {
        throw new UnusableFileException(
            "%s '%s', expected column=value".formatted(option.option(), pair));
      }
      pairs.put(pair.substring(0, at), pair.substring(at + 1));
    }
    return pairs;
  }
}
