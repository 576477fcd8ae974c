package io.millrace.benchmarks;

import io.millrace.cli.FeatureSource;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureSchema;
import io.millrace.file.Row;
import io.millrace.file.RowReader;
import io.millrace.file.RowRecords;
import io.millrace.replay.SourceSettings;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * A file as a stream, as both sides read it: records of a feature schema for Millrace, and text for
 * Vowpal Wabbit with a namespace for each feature, which holds the tokens that Millrace's encoder
 * makes of it, with their weights. So both learn from the same tokens.
 */
record LabeledStream(FeatureSchema schema, List<Example> examples) {
  private static final String NAMESPACES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  /**
   * An example on both sides.
   *
   * @param label 0 or 1
   * @param line of Vowpal Wabbit, whose labels are −1 and 1
   */
  record Example(GenericRecord record, byte label, String line) {}

  /**
   * Reads the rows that can be used.
   *
   * @param orderBy column to sort by, or null for the order of the file
   * @param shuffle seed of a random order, or null
   * @param most so many examples from the beginning of that order
   */
  static LabeledStream read(
      Path file, FeatureSource source, @Nullable String orderBy, @Nullable Long shuffle, int most)
      throws IOException {
    SourceSettings holds = source.settings();
    FeatureSchema schema = holds.featureSchema();
    FeatureEncoder encoder = FeatureEncoder.compile(schema);
    if (encoder.fields() > NAMESPACES.length()) {
      throw new UserError(
          "features: %d, expected at most %d, as many as there are namespaces of one letter"
              .formatted(encoder.fields(), NAMESPACES.length()));
    }
    RowRecords records = new RowRecords(schema);
    List<Example> examples = new ArrayList<>();
    EncodedBatch tokens = encoder.newBatch();
    try (RowReader rows = holds.fileFormat().open(file, schema, holds.labelOf(schema), orderBy)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        if (row.problem() != null) {
          continue;
        }
        GenericRecord record = records.of(row, "r" + examples.size(), examples.size());
        tokens.clear();
        encoder.encode(record, tokens);
        examples.add(new Example(record, (byte) row.label(), line(row.label(), tokens)));
      }
    }
    if (shuffle != null) {
      Collections.shuffle(examples, new Random(shuffle));
    }
    return new LabeledStream(
        schema, List.copyOf(examples.subList(0, Math.min(most, examples.size()))));
  }

  private static String line(int label, EncodedBatch tokens) {
    StringBuilder text = new StringBuilder(label == 1 ? "1" : "-1");
    for (int f = 0; f < tokens.fields(); f++) {
      if (tokens.end(0, f) > tokens.start(0, f)) {
        text.append(" |").append(NAMESPACES.charAt(f));
      }
      for (int i = tokens.start(0, f); i < tokens.end(0, f); i++) {
        text.append(" t").append(Long.toHexString(tokens.token(i)));
        if (tokens.weight(i) != 1) {
          text.append(':').append(tokens.weight(i));
        }
      }
    }
    return text.toString();
  }
}
