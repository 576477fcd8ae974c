package io.millrace.wire;

import io.millrace.schema.SchemaRegistry.RegisteredSchema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificRecord;

/**
 * A record with the schema that it was written with.
 *
 * @param writer the schema named in the header
 * @param value the generated class for a contract of {@code io.millrace.event}, a {@link
 *     GenericRecord} otherwise
 */
public record Decoded(RegisteredSchema writer, IndexedRecord value) {

  /** Whether the platform itself defines this record. */
  public boolean isContract() {
    return value instanceof SpecificRecord;
  }

  /** The value of a record that is not a contract. */
  public GenericRecord features() {
    if (isContract()) {
      throw new WireFormatException(
          RejectionReason.UNEXPECTED_TYPE,
          "record: " + writer.subject() + ", expected a feature record");
    }
    return (GenericRecord) value;
  }
}
