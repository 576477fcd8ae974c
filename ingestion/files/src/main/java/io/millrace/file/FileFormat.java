package io.millrace.file;

import io.millrace.feature.NearestName;
import io.millrace.file.decoding.UnusableFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is read, told from a file's contents. */
public enum FileFormat {
  /** Cells with something between: csv, tsv and all their relatives. */
  CSV("csv"),
  /** One JSON object per line. */
  JSON_LINES("jsonl"),
  PARQUET("parquet"),
  /** {@code label id:value ...}. */
  LIBSVM("libsvm"),
  /** {@code label field:feature:value ...}. */
  LIBFFM("libffm"),
  /** Vowpal Wabbit's text, {@code label |namespace feature:value ...}. */
  VW("vw");

  private final String option;

  FileFormat(String option) {
    this.option = option;
  }

  /** The name on the command line. */
  public String option() {
    return option;
  }

  /** In words, for people. */
  public String words() {
    return switch (this) {
      case CSV -> "csv";
      case JSON_LINES -> "JSON lines";
      case PARQUET -> "Parquet";
      case LIBSVM -> "libsvm";
      case LIBFFM -> "libffm";
      case VW -> "Vowpal Wabbit's text";
    };
  }

  /** Whether rows are labels and pairs, of any number, rather than cells of columns. */
  boolean sparse() {
    return this == LIBSVM || this == LIBFFM || this == VW;
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
    switch (name) {
      case "tsv", "text", "txt", "delimited":
        return CSV;
      case "json", "ndjson":
        return JSON_LINES;
      case "ffm":
        return LIBFFM;
      case "svmlight", "svm":
        return LIBSVM;
      default:
    }
    List<String> names = names();
    int at = names.indexOf(name);
    if (at < 0) {
      throw new UnusableFileException(
          "--format: unknown '%s'%s".formatted(given, NearestName.hint(name, names)));
    }
    return values()[at];
  }
}
