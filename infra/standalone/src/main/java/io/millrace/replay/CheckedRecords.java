package io.millrace.replay;

import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.file.FileRecords;
import io.millrace.file.Row;
import io.millrace.file.SchemaFit;
import org.apache.avro.generic.GenericRecord;

/**
 * Records of rows that a model can encode: what the label join would reject is rejected where the
 * row's line is known. One thread.
 */
final class CheckedRecords {
  private final FileRecords records;
  private final FeatureEncoder encoder;
  private final EncodedBatch scratch;

  CheckedRecords(SchemaFit fit) {
    this.records = fit.records();
    this.encoder = FeatureEncoder.compile(fit.schema());
    this.scratch = encoder.newBatch();
  }

  /** Whether the event time comes from a column of the file. */
  boolean ownTime() {
    return records.ownTime();
  }

  /** The event time of a record, in milliseconds since 1970. */
  long timeOf(GenericRecord record) {
    return records.timeOf(record);
  }

  /**
   * As {@link FileRecords#of}.
   *
   * @throws io.millrace.feature.InvalidFeatureException also for a value that its feature cannot
   *     encode
   */
  GenericRecord of(Row row, String id, long time) {
    GenericRecord record = records.of(row, id, time);
    scratch.clear();
    encoder.encode(record, scratch);
    return record;
  }
}
