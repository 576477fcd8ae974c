package io.millrace.file;

import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Rows of a file as records of a feature schema. */
public record RowRecords(FeatureSchema schema) {
  private static final Pattern DATE_TIME =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}");

  /**
   * The record of a usable row. Columns that the schema does not have are left out.
   *
   * @param id for the schema's id field, if it has one
   * @param time for its time field, in milliseconds
   * @throws InvalidFeatureException naming field, expectation and value
   */
  public GenericRecord of(Row row, String id, long time) {
    Map<String, String> values = new HashMap<>();
    for (Schema.Field field : schema.avro().getFields()) {
      String text = row.features().get(field.name());
      if (text != null) {
        values.put(field.name(), DATE_TIME.matcher(text).matches() ? millis(text) : text);
      }
    }
    schema.idField().ifPresent(name -> values.put(name, id));
    schema.timeField().ifPresent(name -> values.put(name, Long.toString(time)));
    return FeatureRecords.fromStrings(schema, values);
  }

  /** Files write times as text where schemas want milliseconds; they are taken as UTC. */
  private static String millis(String dateTime) {
    return Long.toString(
        LocalDateTime.parse(dateTime.replace(' ', 'T')).toInstant(ZoneOffset.UTC).toEpochMilli());
  }
}
