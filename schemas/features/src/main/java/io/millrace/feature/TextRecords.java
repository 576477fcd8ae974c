package io.millrace.feature;

import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of a schema from the cells of a file, in the schema's order of fields. For many rows:
 * what a field makes of its cells is found out once. One thread.
 */
public final class TextRecords {
  private final Schema avro;
  private final List<Schema.Field> fields;
  private final TextValue values;

  /**
   * @param spellings how cells are written, by the field's name; {@link CellSpelling#PLAIN} where
   *     there is none
   */
  public TextRecords(FeatureSchema schema, Map<String, CellSpelling> spellings) {
    this.avro = schema.avro();
    this.fields = avro.getFields();
    this.values = new TextValue(schema, spellings);
  }

  /**
   * A record.
   *
   * @param cells one per field of the schema, null where the file has none
   * @throws InvalidFeatureException naming field, expectation and value
   */
  public GenericRecord of(@Nullable String[] cells) {
    GenericData.Record record = new GenericData.Record(avro);
    for (int f = 0; f < cells.length; f++) {
      String cell = cells[f];
      Schema.Field field = fields.get(f);
      record.put(f, cell == null ? FeatureRecords.absent(field) : values.convert(field, cell));
    }
    return record;
  }
}
