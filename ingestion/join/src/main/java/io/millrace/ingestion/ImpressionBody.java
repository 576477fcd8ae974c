package io.millrace.ingestion;

import io.millrace.event.Example;
import io.millrace.event.Served;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes what an example takes over from its impression: the fields {@code features} and {@code
 * served} of Example, one after the other, in Avro binary by Example's schema. The join keeps these
 * bytes as they are, in its states too, so a change of Served's schema needs a new version of
 * {@link JoinStateFormat}. Buffers are kept: not thread-safe.
 */
final class ImpressionBody {
  /** Of Example, with {@link #SERVED} the next one: a body fits between its other fields. */
  static final Schema.Field FEATURES = Example.getClassSchema().getField("features");

  static final Schema.Field SERVED = Example.getClassSchema().getField("served");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private final DatumWriter<Object> served =
      new SpecificDatumWriter<>(SERVED.schema(), SpecificData.getForClass(Served.class));
  private @Nullable BinaryEncoder encoder;

  /**
   * A body that was written before a served answer had its last fields, in today's form: with none
   * of them.
   *
   * @param missing how many: 1 without who learns from it, 2 without arms too
   * @throws IllegalStateException if the bytes are no such body
   */
  static byte[] ofBefore(byte[] body, int missing) {
    BinaryDecoder in = DecoderFactory.get().binaryDecoder(body, null);
    boolean served;
    try {
      in.skipBytes();
      served = in.readIndex() != 0;
    } catch (IOException e) {
      throw new IllegalStateException("body of an impression of " + body.length + " bytes", e);
    }
    // They are the last fields of the last one; an empty array is one byte, 0, and so is null.
    return served ? Arrays.copyOf(body, body.length + missing) : body;
  }

  /**
   * A body.
   *
   * @param features the feature record in wire format
   * @param answered what a server had answered, or null if no server did
   */
  byte[] encode(byte[] features, @Nullable Served answered) {
    out.reset();
    BinaryEncoder to = EncoderFactory.get().binaryEncoder(out, encoder);
    encoder = to;
    try {
      to.writeBytes(ByteBuffer.wrap(features));
      served.write(answered, to);
      to.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }
}
