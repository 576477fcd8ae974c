package io.millrace.benchmarks;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.tukaani.xz.XZInputStream;

/**
 * The MovieLens stream ({@code ml1m_half_time_stream.csv.xz}) as both sides read it: as records of
 * the built-in schema, and as Vowpal Wabbit's text with a namespace for each of the same features.
 *
 * @param lines label −1 or 1, then namespaces a, b, ...
 */
record RatingsStream(
    FeatureSchema schema, List<GenericRecord> records, byte[] labels, List<String> lines) {

  /** Reads the first {@code most} examples. */
  static RatingsStream read(Path file, int most) throws IOException {
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.MOVIELENS_STREAM);
    List<String> features = schema.encodedFields().stream().map(f -> f.name()).toList();
    List<String> known = schema.avro().getFields().stream().map(f -> f.name()).toList();
    List<GenericRecord> records = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    List<Byte> labels = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      String[] names = in.readLine().split(",");
      for (String line = in.readLine();
          line != null && records.size() < most;
          line = in.readLine()) {
        String[] values = line.split(",", -1);
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
          if (!values[i].isEmpty()) {
            row.put(names[i], values[i]);
          }
        }
        String label = row.remove("label");
        labels.add(Byte.parseByte(String.valueOf(label)));
        lines.add(line("1".equals(label) ? "1" : "-1", features, row));
        row.keySet().retainAll(known);
        row.put("impression_id", String.valueOf(records.size()));
        row.put("event_time", String.valueOf(946_684_800_000L + records.size()));
        records.add(FeatureRecords.fromStrings(schema, row));
      }
    }
    byte[] all = new byte[labels.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = labels.get(i);
    }
    return new RatingsStream(schema, records, all, lines);
  }

  /** A namespace for each feature; a sequence's items are features of one namespace. */
  private static String line(String label, List<String> features, Map<String, String> row) {
    StringBuilder text = new StringBuilder(label);
    for (int f = 0; f < features.size(); f++) {
      String value = row.get(features.get(f));
      if (value != null) {
        text.append(" |").append((char) ('a' + f));
        for (String item : value.split("\\|")) {
          text.append(' ').append(item.replace(':', '_').replace(' ', '_'));
        }
      }
    }
    return text.toString();
  }
}
