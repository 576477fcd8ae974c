package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedDecoderTest {
  private static LongStream seeds() {
    return new SplittableRandom(1).longs(300);
  }

  private static final Schema EVERYTHING =
      AvroWireTest.schema(
          "t.Everything",
          "{'name':'b','type':'boolean'},{'name':'i','type':'int'},{'name':'l','type':'long'},"
              + "{'name':'f','type':'float'},{'name':'d','type':'double'},"
              + "{'name':'s','type':'string'},{'name':'y','type':'bytes'},"
              + "{'name':'x','type':{'type':'fixed','name':'Four','size':4}},"
              + "{'name':'e','type':{'type':'enum','name':'E','symbols':['A','B','C']}},"
              + "{'name':'a','type':{'type':'array','items':'long'}},"
              + "{'name':'m','type':{'type':'map','values':['null','string','double']}},"
              + "{'name':'u','type':['null','t.Everything']}");

  private final BoundedDecoder decoder = new BoundedDecoder();

  private BoundedDecoder reading(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    decoder.reset(bytes, 0, bytes.length);
    return decoder;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsWhatAvroWrites(long seed) throws IOException {
    boolean blocks = (seed & 1) == 0;
    for (Object datum : new RandomData(EVERYTHING, 3, seed)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      // Blocking encoders write collections in blocks with byte sizes.
      BinaryEncoder encoder =
          blocks
              ? new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(out, null)
              : EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<>(EVERYTHING).write(datum, encoder);
      encoder.flush();
      byte[] bytes = out.toByteArray();
      GenericDatumReader<Object> reader = new GenericDatumReader<>(EVERYTHING);
      decoder.reset(bytes, 0, bytes.length);
      Object back = reader.read(null, decoder);
      assertThat(decoder.remaining()).isZero();
      assertThat(back).hasToString(avroReads(bytes).toString());
    }
  }

  private static Object avroReads(byte[] bytes) throws IOException {
    return new GenericDatumReader<>(EVERYTHING)
        .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void skipsWhatAvroWrites(long seed) throws IOException {
    boolean blocks = (seed & 1) == 0;
    Object datum = new RandomData(EVERYTHING, 1, seed).iterator().next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder =
        blocks
            ? new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(out, null)
            : EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<>(EVERYTHING).write(datum, encoder);
    encoder.flush();
    decoder.reset(out.toByteArray(), 0, out.size());
    GenericDatumReader.skip(EVERYTHING, decoder);
    assertThat(decoder.remaining()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, -1, 63, -64, 64, 300, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE})
  void longs(long value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    encoder.writeLong(value);
    decoder.reset(out.toByteArray(), 0, out.size());
    assertThat(decoder.readLong()).isEqualTo(value);
  }

  @Test
  void refusesNumbersThatAreTooLong() {
    assertThatThrownBy(() -> reading("ffffffffffffffffffff01").readLong())
        .hasMessageContaining("more than 10 bytes");
    assertThatThrownBy(() -> reading("8080808010").readInt())
        .isInstanceOf(AvroRuntimeException.class)
        .hasMessageContaining("expected 32 bits");
    assertThatThrownBy(() -> reading("02").readBoolean()).hasMessageContaining("byte 2");
  }

  /** A length of 2^31 - 1, then nothing: found out before anything is allocated. */
  @Test
  void refusesLengthsBeyondTheEnd() {
    String huge = "feffffff0f";
    assertThatThrownBy(() -> reading(huge).readString(null))
        .hasMessage("string length: 2147483647, but only 0 bytes are left");
    assertThatThrownBy(() -> reading(huge).readString()).hasMessageContaining("2147483647");
    assertThatThrownBy(() -> reading(huge).readBytes(null)).hasMessageContaining("bytes length");
    assertThatThrownBy(() -> reading(huge).skipString()).hasMessageContaining("string length");
    assertThatThrownBy(() -> reading(huge).skipBytes()).hasMessageContaining("bytes length");
    assertThatThrownBy(() -> reading(huge).readArrayStart())
        .hasMessage("collection: 2147483647 items, but only 0 bytes are left");
    assertThatThrownBy(() -> reading(huge).readMapStart()).hasMessageContaining("collection");
    assertThatThrownBy(() -> reading(huge).skipArray()).hasMessageContaining("collection");
    assertThatThrownBy(() -> reading("01").readString(null))
        .hasMessageContaining("string length: -1");
    // The smallest long has no positive counterpart.
    assertThatThrownBy(() -> reading("ffffffffffffffffff0100").readArrayStart())
        .hasMessageContaining("collection");
    assertThatThrownBy(() -> reading("0000").readFixed(new byte[3]))
        .hasMessage("record ends within a value");
  }

  /** Items that take no bytes, block after block: a megabyte could ask for 10^11 of them. */
  @Test
  void refusesMoreItemsThanBytesInManyBlocks() throws IOException {
    String blocksOfThree = "06060606000000000000";
    BoundedDecoder array = reading(blocksOfThree);
    assertThat(array.readArrayStart()).isEqualTo(3);
    assertThat(array.arrayNext()).isEqualTo(3);
    assertThat(array.arrayNext()).isEqualTo(3);
    assertThatThrownBy(array::arrayNext)
        .hasMessage("collections: more items than the record has bytes, expected each to take one");
    BoundedDecoder skipped = reading(blocksOfThree);
    assertThat(skipped.skipArray()).isEqualTo(3);
    assertThat(skipped.skipArray()).isEqualTo(3);
    assertThat(skipped.skipArray()).isEqualTo(3);
    assertThatThrownBy(skipped::skipArray).hasMessageContaining("more items");
  }

  @Test
  void aStringIsReadIntoTheOldOne() throws IOException {
    org.apache.avro.util.Utf8 old = new org.apache.avro.util.Utf8("before");
    assertThat((Object) reading("046162").readString(old)).isSameAs(old).hasToString("ab");
    assertThat(reading("04aabb").readBytes(null)).isEqualTo(ByteBuffer.wrap(new byte[] {-86, -69}));
  }

  /** Whatever the bytes, decoding ends in a record or a rejection, and is done with soon. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anyBytesEndInARecordOrARejection(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] noise = new byte[random.nextInt(1 << random.nextInt(9))];
    random.nextBytes(noise);
    NumberedSchemas registry = new NumberedSchemas();
    AvroWire wire = new AvroWire(registry);
    GenericData.Record datum =
        (GenericData.Record) new RandomData(EVERYTHING, 1, seed).iterator().next();
    byte[] bytes = wire.encode(datum);
    for (int i = 0; i < noise.length; i++) {
      int at = AvroWire.HEADER_BYTES + Math.floorMod(seed + 31L * i, bytes.length - 5);
      bytes[at] ^= noise[i];
    }
    try {
      assertThat(wire.decode(bytes).value()).isNotNull();
    } catch (WireFormatException e) {
      assertThat(e.reason()).isEqualTo(RejectionReason.UNDECODABLE);
      assertThat(e.detail()).contains("t.Everything");
    }
  }
}
