package io.millrace.file;

import io.millrace.feature.NearestName;
import io.millrace.file.decoding.UnusableFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is read, told from a file's contents. */
public enum FileFormat {
  /** Cells with something between: csv, tsv and all their relatives. */
  CSV("csv", "csv", "tsv", "text", "txt", "delimited"),
  /** One JSON object per line. */
  JSON_LINES("jsonl", "JSON lines", "json", "ndjson"),
  PARQUET("parquet", "Parquet"),
  /** {@code label id:value ...}. */
  LIBSVM("libsvm", "libsvm", "svmlight", "svm"),
  /** {@code label field:feature:value ...}. */
  LIBFFM("libffm", "libffm", "ffm"),
  /** Vowpal Wabbit's text, {@code label |namespace feature:value ...}. */
  VW("vw", "Vowpal Wabbit's text");

  private final String option;
  private final String words;
  private final Set<String> otherNames;

  FileFormat(String option, String words, String... otherNames) {
    this.option = option;
    this.words = words;
    this.otherNames = Set.of(otherNames);
  }

  /** The name on the command line. */
  public String option() {
    return option;
  }

  /** In words, for people. */
  public String words() {
    return words;
  }

  /** Whether it is text, in some encoding. */
  boolean isText() {
    return switch (this) {
      case CSV, JSON_LINES, LIBSVM, LIBFFM, VW -> true;
      case PARQUET -> false;
    };
  }

  /** Whether rows are labels and pairs, of any number, rather than cells of columns. */
  boolean sparse() {
    return switch (this) {
      case LIBSVM, LIBFFM, VW -> true;
      case CSV, JSON_LINES, PARQUET -> false;
    };
  }

  /** The names on the command line. */
  public static List<String> names() {
    return Arrays.stream(values()).map(FileFormat::option).toList();
  }

  /**
   * The format of a name, or of a usual other one, such as {@code tsv} or {@code ndjson}.
   *
   * @throws UnusableFileException if it is none
   */
  public static FileFormat named(String given) {
    String name = given.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(format -> format.option.equals(name) || format.otherNames.contains(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UnusableFileException(
                    "--format: unknown '%s'%s".formatted(given, NearestName.hint(name, names()))));
  }
}
