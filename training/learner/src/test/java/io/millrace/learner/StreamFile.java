package io.millrace.learner;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Assumptions;
import org.tukaani.xz.XZInputStream;

/**
 * A public data set as a stream of feature records with labels, in time order. The files are not
 * part of the project: they are looked for in {@code data} under the folder that the system
 * property {@code millrace.shared} names, and a test that needs them is skipped without them.
 */
record StreamFile(FeatureSchema schema, List<GenericRecord> records, byte[] labels) {
  private static final DateTimeFormatter CLICK_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  /** MovieLens-1M, first half of the users, in file order. */
  static StreamFile movieLens() {
    return read("ml1m_half_time_stream.csv.xz", BuiltInSchemas.MOVIELENS_STREAM, List.of(), false);
  }

  /** The TalkingData sample by click_time. */
  static StreamFile talkingData() {
    return read("talkingdata_train_sample.csv.xz", BuiltInSchemas.TALKINGDATA, List.of(), true);
  }

  /** The first 10,000 examples of Criteo Kaggle in file order. */
  static StreamFile criteo() {
    List<String> header = new ArrayList<>(List.of("label"));
    for (int i = 1; i <= 39; i++) {
      header.add(i <= 13 ? "I" + i : "C" + (i - 13));
    }
    return read("criteo_first10000.txt.xz", BuiltInSchemas.CRITEO, header, false);
  }

  private static StreamFile read(
      String file, String schemaName, List<String> header, boolean byClickTime) {
    Path path = Path.of(System.getProperty("millrace.shared", "."), "data", file);
    Assumptions.assumeTrue(Files.exists(path), () -> "skipped: needs the data file " + file);
    FeatureSchema schema = BuiltInSchemas.load(schemaName);
    List<Map<String, String>> rows = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      String separator = header.isEmpty() ? "," : "\t";
      List<String> names = header.isEmpty() ? List.of(in.readLine().split(separator)) : header;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] values = line.split(separator, -1);
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
          if (!values[i].isEmpty()) {
            row.put(names.get(i), values[i]);
          }
        }
        rows.add(row);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + path, e);
    }
    if (byClickTime) {
      rows.sort(Comparator.comparing(row -> row.getOrDefault("click_time", "")));
    }
    List<GenericRecord> records = new ArrayList<>(rows.size());
    byte[] labels = new byte[rows.size()];
    for (int i = 0; i < labels.length; i++) {
      Map<String, String> row = rows.get(i);
      String label = row.remove("label");
      String attributed = row.remove("is_attributed");
      labels[i] = Byte.parseByte(label == null ? String.valueOf(attributed) : label);
      row.keySet().retainAll(schema.avro().getFields().stream().map(f -> f.name()).toList());
      row.computeIfPresent(
          "click_time",
          (name, time) ->
              String.valueOf(
                  LocalDateTime.parse(time, CLICK_TIME).toInstant(ZoneOffset.UTC).toEpochMilli()));
      row.put("impression_id", String.valueOf(i));
      row.put("event_time", String.valueOf(946_684_800_000L + i));
      records.add(FeatureRecords.fromStrings(schema, row));
      rows.set(i, Map.of());
    }
    return new StreamFile(schema, records, labels);
  }
}
