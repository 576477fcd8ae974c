package io.millrace.file;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.file.FileOptions.Option;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Files of known data sets: how they are read, and the feature schema that comes with them. */
public enum DataSet {
  /** MovieLens ratings in time order: {@code label,ts,user,item,gender,age,occ,zip,genres,year}. */
  MOVIELENS_STREAM(
      BuiltInSchemas.MOVIELENS_STREAM,
      "a csv of MovieLens ratings in time order with the columns label,ts,user,item,gender,age,occ,zip,genres,year",
      Map.of(Option.SEPARATOR, ",", Option.HEADER, "yes", Option.LABEL, "label")),
  /** TalkingData AdTracking: {@code ip,app,device,os,channel,click_time,...,is_attributed}. */
  TALKINGDATA(
      BuiltInSchemas.TALKINGDATA,
      "a csv with the columns ip,app,device,os,channel,click_time,is_attributed",
      Map.of(Option.SEPARATOR, ",", Option.HEADER, "yes", Option.LABEL, "is_attributed")),
  /** Criteo Kaggle: tab-separated label, 13 counts, 26 categories, no header. */
  CRITEO(
      BuiltInSchemas.CRITEO,
      "a label, 13 counts and 26 categories with tabs between, without a header",
      Map.of(
          Option.SEPARATOR,
          "\t",
          Option.QUOTE,
          "none",
          Option.HEADER,
          "no",
          Option.COLUMNS,
          criteoColumns(),
          Option.LABEL,
          "label"));

  private final String schema;
  private final String contents;
  private final Map<Option, String> options;

  DataSet(String schema, String contents, Map<Option, String> options) {
    this.schema = schema;
    this.contents = contents;
    this.options = options;
  }

  private static String criteoColumns() {
    return Stream.of(
            Stream.of("label"),
            IntStream.rangeClosed(1, 13).mapToObj(i -> "I" + i),
            IntStream.rangeClosed(1, 26).mapToObj(i -> "C" + i))
        .flatMap(s -> s)
        .collect(Collectors.joining(","));
  }

  /** The data set of a name, if it is one. */
  public static Optional<DataSet> named(String name) {
    return Arrays.stream(values()).filter(set -> set.schema.equals(name)).findFirst();
  }

  /** All names. */
  public static List<String> names() {
    return Arrays.stream(values()).map(DataSet::schemaName).toList();
  }

  /** The name of the data set, and of the built-in feature schema. */
  public String schemaName() {
    return schema;
  }

  /** What its files are, in words that follow "is". */
  public String contents() {
    return contents;
  }

  /** How its files are read. Their rows stand in order; no column is the event time. */
  public FileOptions options() {
    FileOptions all = FileOptions.NONE.with(Option.TIME, "none").with(Option.ID, "none");
    all = all.with(Option.FORMAT, FileFormat.CSV.option());
    for (Map.Entry<Option, String> option : options.entrySet()) {
      all = all.with(option.getKey(), option.getValue());
    }
    return all;
  }
}
