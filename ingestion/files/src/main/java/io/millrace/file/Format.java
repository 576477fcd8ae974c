package io.millrace.file;

import io.millrace.feature.FeatureSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The file formats that a replay reads. */
public enum Format {
  /** MovieLens ratings in time order: {@code label,ts,user,item,gender,age,occ,zip,genres,year}. */
  MOVIELENS_STREAM("movielens-stream", "label"),
  /** TalkingData AdTracking: {@code ip,app,device,os,channel,click_time,...,is_attributed}. */
  TALKINGDATA("talkingdata", "is_attributed"),
  /** Criteo Kaggle: tab-separated label, 13 counts, 26 categories, no header. */
  CRITEO("criteo", "label"),
  /** {@code label id:1 id:1 ...}. */
  LIBSVM("libsvm-10", "label"),
  /** Any header; the schema and the label column are the caller's. */
  CSV("csv", "label");

  private static final List<String> CRITEO_COLUMNS =
      Stream.of(
              Stream.of("label"),
              IntStream.rangeClosed(1, 13).mapToObj(i -> "I" + i),
              IntStream.rangeClosed(1, 26).mapToObj(i -> "C" + i))
          .flatMap(s -> s)
          .toList();

  private final String id;
  private final String label;

  Format(String id, String label) {
    this.id = id;
    this.label = label;
  }

  /** The name of the built-in feature schema. */
  public String id() {
    return id;
  }

  /** The name on the command line. */
  public String commandName() {
    return this == LIBSVM ? "libsvm" : id;
  }

  /** The label column, unless the caller names another. */
  public String defaultLabel() {
    return label;
  }

  /**
   * Opens a file.
   *
   * @param label the label column
   * @param orderBy the column to sort by, or null for the order of the file
   */
  public RowReader open(Path file, FeatureSchema schema, String label, @Nullable String orderBy)
      throws IOException {
    BufferedReader in = CompressedFile.open(file);
    RowReader rows =
        switch (this) {
          case MOVIELENS_STREAM, TALKINGDATA, CSV -> new DelimitedRows(in, ',', null, label);
          case CRITEO -> new DelimitedRows(in, '\t', CRITEO_COLUMNS, label);
          case LIBSVM -> new LibsvmRows(in, schema.encodedFields().size());
        };
    return orderBy == null ? rows : new OrderedRows(rows, orderBy);
  }
}
