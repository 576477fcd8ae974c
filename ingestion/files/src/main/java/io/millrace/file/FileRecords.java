package io.millrace.file;

import io.millrace.feature.CellSpelling;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.feature.TextRecords;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Rows of one file as records of a feature schema. One thread. */
public final class FileRecords {
  private final int[] columns;
  private final int idField;
  private final int timeField;
  private final boolean timeIsFeature;
  private final TextRecords records;

  /**
   * @param columns where each field's cell stands in a row, or -1
   */
  FileRecords(FeatureSchema schema, FilePlan plan, int[] columns) {
    this.columns = columns.clone();
    List<Schema.Field> fields = schema.avro().getFields();
    Map<String, CellSpelling> spellings = new HashMap<>();
    for (int f = 0; f < columns.length; f++) {
      if (columns[f] >= 0) {
        spellings.put(fields.get(f).name(), plan.columns().get(columns[f]).spelling());
      }
    }
    this.idField = schema.idField().map(name -> schema.avro().getField(name).pos()).orElse(-1);
    this.timeField = schema.timeField().map(name -> schema.avro().getField(name).pos()).orElse(-1);
    this.timeIsFeature = timeField >= 0 && columns[timeField] >= 0;
    if (timeField >= 0 && !timeIsFeature) {
      spellings.put(fields.get(timeField).name(), CellSpelling.PLAIN);
    }
    this.records = new TextRecords(schema, spellings);
  }

  /** Whether the schema's time field comes from a column of the file. */
  public boolean ownTime() {
    return timeIsFeature;
  }

  /** The event time of a record, in milliseconds since 1970; only where there is a time field. */
  public long timeOf(GenericRecord record) {
    return ((Number) record.get(timeField)).longValue();
  }

  /**
   * The record of a usable row. Columns that the schema does not have are left out.
   *
   * @param id for the schema's id field, if it has one
   * @param time for its time field, in milliseconds since 1970, where no column of the file is it
   * @throws InvalidFeatureException naming field, expectation and value
   */
  public GenericRecord of(Row row, String id, long time) {
    @Nullable String[] cells = new String[columns.length];
    @Nullable String[] values = row.values();
    for (int f = 0; f < cells.length; f++) {
      cells[f] = columns[f] < 0 ? null : values[columns[f]];
    }
    if (idField >= 0) {
      cells[idField] = id;
    }
    if (timeField >= 0 && !timeIsFeature) {
      cells[timeField] = Long.toString(time);
    }
    return records.of(cells);
  }
}
