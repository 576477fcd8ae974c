package io.millrace.learner;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.file.DataSet;
import io.millrace.file.FilePlan;
import io.millrace.file.FileRecords;
import io.millrace.file.Row;
import io.millrace.file.RowReader;
import io.millrace.file.SchemaFit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A public data set as a stream of feature records with labels, in time order. The files are not
 * part of the project: they are looked for in {@code data} under the folder that the system
 * property {@code millrace.shared} names, and a test that needs them is skipped without them.
 */
record StreamFile(FeatureSchema schema, List<GenericRecord> records, byte[] labels) {

  /** MovieLens-1M, first half of the users, in file order. */
  static StreamFile movieLens() {
    return read("ml1m_half_time_stream.csv.xz", DataSet.MOVIELENS_STREAM, null);
  }

  /** The TalkingData sample by click_time. */
  static StreamFile talkingData() {
    return read("talkingdata_train_sample.csv.xz", DataSet.TALKINGDATA, "click_time");
  }

  /** The first 10,000 examples of Criteo Kaggle in file order. */
  static StreamFile criteo() {
    return read("criteo_first10000.txt.xz", DataSet.CRITEO, null);
  }

  private static StreamFile read(String file, DataSet set, @Nullable String orderBy) {
    Path path = Path.of(System.getProperty("millrace.shared", "."), "data", file);
    Assumptions.assumeTrue(Files.exists(path), () -> "skipped: needs the data file " + file);
    FeatureSchema schema = BuiltInSchemas.load(set.schemaName());
    FilePlan plan = FilePlan.of(path, set.options());
    FileRecords records = SchemaFit.of(schema, plan).records();
    List<GenericRecord> read = new ArrayList<>();
    List<Byte> labels = new ArrayList<>();
    try (RowReader rows =
        orderBy == null
            ? plan.open()
            : plan.openOrdered(orderBy, Path.of(System.getProperty("java.io.tmpdir")), 1L << 30)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        int i = read.size();
        read.add(records.of(row, String.valueOf(i), 946_684_800_000L + i));
        labels.add((byte) row.label());
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + path, e);
    }
    byte[] bytes = new byte[labels.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = labels.get(i);
    }
    return new StreamFile(schema, read, bytes);
  }
}
