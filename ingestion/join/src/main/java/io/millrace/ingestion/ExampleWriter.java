package io.millrace.ingestion;

import io.millrace.event.Example;
import io.millrace.schema.SchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes examples in wire format, by Example's schema. The impression's part is copied as it is
 * ({@link ImpressionBody}): to decode and encode it again would cost more than the join. The record
 * and the buffers are reused: not thread-safe.
 */
final class ExampleWriter {
  private final int schemaId;
  private final Example example = new Example();
  private final Fields fields = new Fields();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private @Nullable BinaryEncoder encoder;

  /** Registers Example's schema. */
  ExampleWriter(SchemaRegistry registry) {
    Schema schema = Example.getClassSchema();
    if (ImpressionBody.SERVED.pos() != ImpressionBody.FEATURES.pos() + 1) {
      throw new IllegalStateException(
          "schema of Example: field served is at %d, features at %d; expected served next to it"
              .formatted(ImpressionBody.SERVED.pos(), ImpressionBody.FEATURES.pos()));
    }
    this.schemaId = registry.register(schema.getFullName(), schema).id();
  }

  /** Writes all fields in the schema's order, and the impression's by their bytes. */
  private static final class Fields extends SpecificDatumWriter<Example> {
    private byte[] body = {};

    Fields() {
      super(Example.class);
    }

    @Override
    protected void writeField(Object datum, Schema.Field field, Encoder to, Object state)
        throws IOException {
      if (field.pos() == ImpressionBody.FEATURES.pos()) {
        to.writeFixed(body); // Avro writes these bytes as they are
      } else if (field.pos() != ImpressionBody.SERVED.pos()) {
        super.writeField(datum, field, to, state);
      }
    }
  }

  /** The Example in wire format. */
  byte[] write(LabelledImpression labelled) {
    example.setExampleId(labelled.impressionId());
    example.setEventTime(Instant.ofEpochMilli(labelled.eventTime()));
    example.setLabel(labelled.happened() ? 1 : 0);
    example.setClickWrittenTime(labelled.writtenTime());
    example.setCorrectedLabel(labelled.corrects() ? (labelled.happened() ? 0 : 1) : null);
    example.setLabelFinalTime(labelled.finalAt());
    example.setOutcome(labelled.outcome());
    example.setOutcomeValue(labelled.value());
    fields.body = labelled.body();
    out.reset();
    out.write(0);
    out.write(schemaId >>> 24);
    out.write(schemaId >>> 16);
    out.write(schemaId >>> 8);
    out.write(schemaId);
    BinaryEncoder to = EncoderFactory.get().binaryEncoder(out, encoder);
    encoder = to;
    try {
      fields.write(example, to);
      to.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }
}
