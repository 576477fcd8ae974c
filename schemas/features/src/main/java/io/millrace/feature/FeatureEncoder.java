package io.millrace.feature;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * The one way from a record to model input. Compiled once from a {@link FeatureSchema}; serving and
 * training call the same one.
 *
 * <p>Field f of the batch is feature f of {@link FeatureSchema#encodedFields}. A categorical field
 * and a cross give one token of weight 1, a numeric field one token weighted by the number (or the
 * missing token, of weight 1), a sequence one token per item, weighted by its combiner.
 *
 * <p>Immutable and safe to share.
 */
public final class FeatureEncoder {
  private final FeatureSchema schema;
  private final FieldEncoder[] encoders;
  private final List<String> fieldNames;

  /** A schema found to be equal to ours, so that the comparison is made once: any one will do. */
  private Schema lastEqual;

  private FeatureEncoder(FeatureSchema schema, FieldEncoder[] encoders) {
    this.schema = schema;
    this.encoders = encoders;
    this.fieldNames = schema.encodedFields().stream().map(Feature::name).toList();
    this.lastEqual = schema.avro();
  }

  /** Compiles the encoder of a schema. */
  public static FeatureEncoder compile(FeatureSchema schema) {
    FieldEncoder.Compiler compiler = new FieldEncoder.Compiler(schema.avro());
    List<FieldEncoder> encoders = new ArrayList<>();
    for (Feature feature : schema.encodedFields()) {
      encoders.add(feature.match(compiler));
    }
    return new FeatureEncoder(schema, encoders.toArray(FieldEncoder[]::new));
  }

  public FeatureSchema schema() {
    return schema;
  }

  /** F. */
  public int fields() {
    return encoders.length;
  }

  /** F names: of fields, then of crosses. */
  public List<String> fieldNames() {
    return fieldNames;
  }

  /** An empty batch of the right number of fields. */
  public EncodedBatch newBatch() {
    return new EncodedBatch(encoders.length);
  }

  /**
   * Appends one example to a batch.
   *
   * @param record a record of this encoder's schema
   * @throws InvalidFeatureException if a value cannot be used; the batch is then unchanged
   * @throws IllegalArgumentException if the record or the batch belongs to another schema
   */
  public void encode(GenericRecord record, EncodedBatch into) {
    checkSchema(record.getSchema());
    if (into.fields() != encoders.length) {
      throw new IllegalArgumentException(
          "batch of " + into.fields() + " fields, expected " + encoders.length);
    }
    EncodedBatch.Appender appender = into.append();
    for (FieldEncoder encoder : encoders) {
      encoder.encode(record, appender);
      appender.endField();
    }
    appender.commit();
  }

  private void checkSchema(Schema given) {
    if (given == schema.avro() || given == lastEqual) {
      return;
    }
    if (!given.equals(schema.avro())) {
      throw new IllegalArgumentException(
          "record of another schema or version than "
              + schema.name()
              + ": "
              + given.getFullName()
              + ", expected it decoded to the encoder's schema");
    }
    lastEqual = given;
  }
}
