package io.millrace.wire;

import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.SchemaRegistry.RegisteredSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/**
 * Records to bytes and back, in the Confluent wire format (see the package). Contracts of {@code
 * io.millrace.event} become their generated class, resolved to the compiled version whatever
 * compatible version they were written with; all other records become {@link GenericRecord}s.
 *
 * <p>Readers, writers and buffers are kept, so one instance serves one thread. Everything that
 * decodes throws {@link WireFormatException} and nothing else for bad bytes.
 */
public final class AvroWire {
  /** Bytes before the Avro payload. */
  public static final int HEADER_BYTES = 5;

  static {
    Contracts.trust();
  }

  private final SchemaRegistry registry;
  private final Map<Schema, Writer> writers = new HashMap<>();
  private final Map<Integer, Source> sources = new HashMap<>();
  private final BoundedDecoder decoder = new BoundedDecoder();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private @Nullable BinaryEncoder encoder;
  private @Nullable Writer lastWriter;
  private @Nullable Source lastSource;

  /** A wire whose ids come from {@code registry}, which it does not close. */
  public AvroWire(SchemaRegistry registry) {
    this.registry = registry;
  }

  /**
   * Lets Avro make instances of the contracts, for whoever reads them in another form than this one
   * and may be the first to do so. Loading this class has done it.
   */
  public static void trustContracts() {}

  /** Encodes a contract or a feature record; its schema is registered under its full name once. */
  public byte[] encode(IndexedRecord record) {
    return write(record);
  }

  /**
   * Decodes a value with the schema that its header names.
   *
   * @throws WireFormatException if the bytes are not one whole record of a known schema
   */
  public Decoded decode(byte @Nullable [] bytes) {
    Source source = sourceOf(bytes);
    return new Decoded(source.schema, read(source, source.reader(), null, bytes));
  }

  /**
   * Decodes a contract of an expected type.
   *
   * @throws WireFormatException with {@code unexpected_type} if the header names another record
   */
  public <T extends SpecificRecordBase> T decode(byte @Nullable [] bytes, Class<T> contract) {
    Source source = sourceOf(bytes);
    if (source.contract != contract) {
      throw new WireFormatException(
          RejectionReason.UNEXPECTED_TYPE,
          "record: " + source.schema.subject() + ", expected " + contract.getName());
    }
    return contract.cast(read(source, source.reader(), null, bytes));
  }

  /**
   * Decodes a feature record and resolves it to {@code readerSchema}.
   *
   * @param reuse a record that an earlier call returned for the same {@code readerSchema}, which
   *     may be overwritten and returned, or null
   * @throws WireFormatException with {@code undecodable} if the writer's schema is incompatible
   */
  public GenericRecord decode(
      byte @Nullable [] bytes, Schema readerSchema, @Nullable GenericRecord reuse) {
    Source source = sourceOf(bytes);
    return (GenericRecord) read(source, source.readerTo(readerSchema), reuse, bytes);
  }

  /**
   * The schema id in a header.
   *
   * @throws WireFormatException with {@code malformed_bytes} if there is no header
   */
  public static int schemaId(byte @Nullable [] bytes) {
    if (bytes == null) {
      throw new WireFormatException(
          RejectionReason.MALFORMED_BYTES, "value: null, expected a 5-byte header");
    }
    if (bytes.length < HEADER_BYTES) {
      throw new WireFormatException(
          RejectionReason.MALFORMED_BYTES,
          "value: " + bytes.length + " bytes, expected at least " + HEADER_BYTES);
    }
    if (bytes[0] != 0) {
      throw new WireFormatException(
          RejectionReason.MALFORMED_BYTES,
          "byte 0: 0x%02x, expected 0x00 (Confluent wire format)".formatted(bytes[0]));
    }
    return (bytes[1] & 0xFF) << 24
        | (bytes[2] & 0xFF) << 16
        | (bytes[3] & 0xFF) << 8
        | (bytes[4] & 0xFF);
  }

  /**
   * The schema that a value was written with.
   *
   * @throws WireFormatException if there is no header or its id is unknown
   */
  public RegisteredSchema schemaOf(byte @Nullable [] bytes) {
    return sourceOf(bytes).schema;
  }

  private byte[] write(IndexedRecord record) {
    Writer writer = writerOf(record);
    out.reset();
    out.write(0);
    out.write(writer.id >>> 24);
    out.write(writer.id >>> 16);
    out.write(writer.id >>> 8);
    out.write(writer.id);
    encoder = EncoderFactory.get().binaryEncoder(out, encoder);
    try {
      writer.writer.write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array does not fail", e);
    }
    return out.toByteArray();
  }

  private Writer writerOf(IndexedRecord record) {
    Schema schema = record.getSchema();
    Writer writer = lastWriter;
    if (writer == null || writer.schema != schema) {
      writer = writers.get(schema);
      if (writer == null) {
        int id = registry.register(schema.getFullName(), schema).id();
        DatumWriter<IndexedRecord> datum =
            record instanceof SpecificRecord
                ? new SpecificDatumWriter<>(schema, SpecificData.getForSchema(schema))
                : new GenericDatumWriter<>(schema);
        writer = new Writer(id, schema, datum);
        writers.put(schema, writer);
      }
      lastWriter = writer;
    }
    return writer;
  }

  private IndexedRecord read(
      Source source,
      DatumReader<IndexedRecord> reader,
      @Nullable IndexedRecord reuse,
      byte @Nullable [] bytes) {
    byte[] value = java.util.Objects.requireNonNull(bytes);
    decoder.reset(value, HEADER_BYTES, value.length);
    try {
      IndexedRecord record = reader.read(reuse, decoder);
      if (decoder.remaining() > 0) {
        throw new WireFormatException(
            RejectionReason.UNDECODABLE,
            "%d bytes are left after a record of %s, expected none"
                .formatted(decoder.remaining(), source));
      }
      return record;
    } catch (WireFormatException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new WireFormatException(
          RejectionReason.UNDECODABLE,
          "%d bytes are not a record of %s: %s".formatted(value.length, source, e.getMessage()),
          e);
    } finally {
      decoder.release();
    }
  }

  private Source sourceOf(byte @Nullable [] bytes) {
    int id = schemaId(bytes);
    Source source = lastSource;
    if (source == null || source.schema.id() != id) {
      source = sources.get(id);
      if (source == null) {
        RegisteredSchema schema =
            registry
                .byId(id)
                .orElseThrow(
                    () ->
                        new WireFormatException(
                            RejectionReason.UNKNOWN_SCHEMA_ID,
                            "schema id: " + id + ", but no schema is registered under it"));
        source = new Source(schema);
        sources.put(id, source);
      }
      lastSource = source;
    }
    return source;
  }

  private record Writer(int id, Schema schema, DatumWriter<IndexedRecord> writer) {}

  /** What is kept for each schema id seen: the schema and the readers from it. */
  private static final class Source {
    final RegisteredSchema schema;
    final @Nullable Class<? extends SpecificRecordBase> contract;
    private final Map<Schema, DatumReader<IndexedRecord>> readers = new HashMap<>();
    private @Nullable DatumReader<IndexedRecord> reader;
    private @Nullable Schema lastTarget;
    private @Nullable DatumReader<IndexedRecord> lastReader;

    Source(RegisteredSchema schema) {
      this.schema = schema;
      this.contract = Contracts.classOf(schema.schema().getFullName());
    }

    DatumReader<IndexedRecord> reader() {
      DatumReader<IndexedRecord> present = reader;
      if (present == null) {
        Schema writer = schema.schema();
        if (contract == null) {
          present = new GenericDatumReader<>(writer, writer, generic());
        } else {
          Schema compiled = Contracts.schemaOf(contract);
          present = new SpecificDatumReader<>(writer, compiled, SpecificData.getForClass(contract));
        }
        reader = present;
      }
      return present;
    }

    DatumReader<IndexedRecord> readerTo(Schema target) {
      DatumReader<IndexedRecord> present = lastReader;
      if (present == null || lastTarget != target) {
        present =
            readers.computeIfAbsent(
                target, t -> new GenericDatumReader<>(schema.schema(), t, generic()));
        lastTarget = target;
        lastReader = present;
      }
      return present;
    }

    private static GenericData generic() {
      return GenericData.get();
    }

    @Override
    public String toString() {
      return "%s version %d (schema id %d)"
          .formatted(schema.subject(), schema.version(), schema.id());
    }
  }
}
