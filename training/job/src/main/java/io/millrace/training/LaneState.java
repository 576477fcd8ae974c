package io.millrace.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A lane's state beside its pages.
 *
 * <p>Stored form, version 1, big endian: 4 bytes "MRLN"; byte 1; long next offset; int next index
 * of the learned ids; longs duplicates, rejected, mismatches; then with an int length each: the
 * feature schema in UTF-8, the learner's dense state, the evaluation of served probabilities; int
 * number of pending elements, each with an int length.
 *
 * @param nextOffset of the first example not yet read
 * @param nextId of {@link LearnedIds}
 * @param duplicates examples dropped because they were learned already
 * @param rejected examples that could not be encoded
 * @param mismatches examples whose encoding differs from the one served
 * @param featureSchema what the model was compiled from
 * @param dense the learner's dense state
 * @param served the evaluation of served probabilities
 * @param pending elements of the unfinished step
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between operator and bytes, never compared
record LaneState(
    long nextOffset,
    int nextId,
    long duplicates,
    long rejected,
    long mismatches,
    byte[] featureSchema,
    byte[] dense,
    byte[] served,
    List<byte[]> pending) {
  private static final int MAGIC = 0x4D524C4E;
  private static final byte FORMAT = 1;

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeByte(FORMAT);
      out.writeLong(nextOffset);
      out.writeInt(nextId);
      out.writeLong(duplicates);
      out.writeLong(rejected);
      out.writeLong(mismatches);
      write(out, featureSchema);
      write(out, dense);
      write(out, served);
      out.writeInt(pending.size());
      for (byte[] element : pending) {
        write(out, element);
      }
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  static LaneState fromBytes(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int magic = in.readInt();
      int format = in.readByte();
      if (magic != MAGIC || format != FORMAT) {
        throw new IOException(
            "lane state: magic %08x format %d, expected %08x format %d"
                .formatted(magic, format, MAGIC, FORMAT));
      }
      long nextOffset = in.readLong();
      int nextId = in.readInt();
      long duplicates = in.readLong();
      long rejected = in.readLong();
      long mismatches = in.readLong();
      byte[] schema = read(in);
      byte[] dense = read(in);
      byte[] served = read(in);
      List<byte[]> pending = new ArrayList<>();
      for (int n = in.readInt(); n > 0; n--) {
        pending.add(read(in));
      }
      return new LaneState(
          nextOffset, nextId, duplicates, rejected, mismatches, schema, dense, served, pending);
    }
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException(
          "lane state: a part of " + length + " bytes, expected 0 to " + in.available());
    }
    return in.readNBytes(length);
  }
}
