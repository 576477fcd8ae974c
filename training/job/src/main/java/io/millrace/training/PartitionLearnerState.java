package io.millrace.training;

import io.millrace.learner.LengthPrefixed;
import io.millrace.metrics.Cohorts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A learner's state beside its pages.
 *
 * <p>Stored form, version 8, big endian: 4 bytes "MRLN"; byte 8; longs next offset, version, offset
 * of the last switch of schemas; int id of the schema; int next index of the learned ids; longs
 * duplicates, rejected, other schema, mismatches, provisional, corrections, taken back, other
 * outcome, withheld, other arm; longs number of the incarnation, version since which its arithmetic
 * holds; then with an int length each: the arithmetic's name, the model config as JSON and the
 * feature schema in UTF-8, the learner's dense state, the evaluation of served probabilities, their
 * cohorts, what the learner said of late labels, the guard, the odds of an arm; int number of
 * pending elements, each with an int length and behind it its offset as a long, a byte of the label
 * and a float of how often it counts. Version 7 lacked the last count, the odds and how often an
 * element counts: once. Version 6 lacked the guard and the count of what was withheld. Version 5
 * lacked that of another outcome: there were none. Version 4 lacked the counts from provisional on
 * and the cohorts. Version 3 lacked the incarnation with its arithmetic, {@link
 * Incarnation#UNKNOWN}, and the offsets: of all but the first, which is the version, they are not
 * known, and are taken to follow each other. Version 2 lacked the switch and the schema's id too:
 * there was none, and it is not known. Version 1 was never released and is not read.
 *
 * @param nextOffset of the first record not yet read
 * @param version of the model; the first pending example's offset if there is one
 * @param switchedAt offset of the example with which the schema became what it is, -1 if none did
 * @param schemaId of the newest version that the schema holds, 0 if not known
 * @param nextId of {@link LearnedIds}
 * @param counts of what was read
 * @param incarnation of the learner that stored it
 * @param modelConfig that the model was compiled from, as JSON
 * @param featureSchema that the model was compiled from
 * @param dense the learner's dense state
 * @param served the evaluation of served probabilities
 * @param cohorts the evaluation of served probabilities whose labels come late
 * @param said what the learner says of impressions whose labels come late, {@link Predictions};
 *     empty in a state of before labels were kept
 * @param guard what the learner's guard has seen; empty in a state of before there was one
 * @param odds of the model's arm, {@link ArmExamples}; empty if no experiment has needed them
 * @param pending elements of the unfinished step
 * @param pendingOffsets of each its offset
 * @param pendingLabels of each what it is to the learner; empty if that is its own label
 * @param pendingImportance of each how often it counts; empty if each does once
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between operator and bytes, never compared
record PartitionLearnerState(
    long nextOffset,
    long version,
    long switchedAt,
    int schemaId,
    int nextId,
    PartitionCounts counts,
    Incarnation incarnation,
    String modelConfig,
    String featureSchema,
    byte[] dense,
    byte[] served,
    byte[] cohorts,
    byte[] said,
    byte[] guard,
    byte[] odds,
    List<byte[]> pending,
    long[] pendingOffsets,
    byte[] pendingLabels,
    float[] pendingImportance) {
  private static final int MAGIC = 0x4D524C4E;
  private static final byte FORMAT = 8;
  private static final byte WITHOUT_ODDS = 7;
  private static final byte WITHOUT_GUARD = 6;
  private static final byte CLICKS_ONLY = 5;
  private static final byte WITHOUT_COHORTS = 4;
  private static final byte WITHOUT_INCARNATION = 3;
  private static final byte WITHOUT_SWITCH = 2;

  /** The same state, stored by a learner of an incarnation. */
  PartitionLearnerState of(Incarnation learners) {
    return new PartitionLearnerState(
        nextOffset,
        version,
        switchedAt,
        schemaId,
        nextId,
        counts,
        learners,
        modelConfig,
        featureSchema,
        dense,
        served,
        cohorts,
        said,
        guard,
        odds,
        pending,
        pendingOffsets,
        pendingLabels,
        pendingImportance);
  }

  /** Whether it is of learners that kept labels of ids. */
  boolean labelled() {
    return said.length > 0;
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeByte(FORMAT);
      out.writeLong(nextOffset);
      out.writeLong(version);
      out.writeLong(switchedAt);
      out.writeInt(schemaId);
      out.writeInt(nextId);
      out.writeLong(counts.duplicates());
      out.writeLong(counts.rejected());
      out.writeLong(counts.otherSchema());
      out.writeLong(counts.mismatches());
      out.writeLong(counts.provisional());
      out.writeLong(counts.corrections());
      out.writeLong(counts.takenBack());
      out.writeLong(counts.otherOutcome());
      out.writeLong(counts.withheld());
      out.writeLong(counts.otherArm());
      out.writeLong(incarnation.number());
      out.writeLong(incarnation.since());
      LengthPrefixed.write(incarnation.arithmetic().getBytes(StandardCharsets.UTF_8), out);
      LengthPrefixed.write(modelConfig.getBytes(StandardCharsets.UTF_8), out);
      LengthPrefixed.write(featureSchema.getBytes(StandardCharsets.UTF_8), out);
      LengthPrefixed.write(dense, out);
      LengthPrefixed.write(served, out);
      LengthPrefixed.write(cohorts, out);
      LengthPrefixed.write(said, out);
      LengthPrefixed.write(guard, out);
      LengthPrefixed.write(odds, out);
      out.writeInt(pending.size());
      for (int i = 0; i < pending.size(); i++) {
        LengthPrefixed.write(pending.get(i), out);
        out.writeLong(pendingOffsets[i]);
        out.writeByte(pendingLabels[i]);
        out.writeFloat(pendingImportance.length == 0 ? 1 : pendingImportance[i]);
      }
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads {@link #toBytes}'s form.
   *
   * @throws IOException if the bytes are no such form
   */
  static PartitionLearnerState fromBytes(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int magic = in.readInt();
      int format = in.readByte();
      if (magic != MAGIC || format < WITHOUT_SWITCH || format > FORMAT) {
        throw new IOException(
            "learner state: magic %08x format %d, expected %08x format 2 to 8"
                .formatted(magic, format, MAGIC));
      }
      long nextOffset = in.readLong();
      long version = in.readLong();
      long switchedAt = format > WITHOUT_SWITCH ? in.readLong() : SchemaSwitch.NONE;
      int schemaId = format > WITHOUT_SWITCH ? in.readInt() : SchemaSwitch.UNKNOWN_ID;
      int nextId = in.readInt();
      PartitionCounts counts =
          new PartitionCounts(
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              format > WITHOUT_COHORTS ? in.readLong() : 0,
              format > WITHOUT_COHORTS ? in.readLong() : 0,
              format > WITHOUT_COHORTS ? in.readLong() : 0,
              format > CLICKS_ONLY ? in.readLong() : 0,
              format > WITHOUT_GUARD ? in.readLong() : 0,
              format > WITHOUT_ODDS ? in.readLong() : 0);
      Incarnation incarnation =
          format > WITHOUT_INCARNATION ? readIncarnation(in) : Incarnation.UNKNOWN;
      String config = new String(LengthPrefixed.read(in), StandardCharsets.UTF_8);
      String schema = new String(LengthPrefixed.read(in), StandardCharsets.UTF_8);
      byte[] dense = LengthPrefixed.read(in);
      byte[] served = LengthPrefixed.read(in);
      byte[] cohorts = format > WITHOUT_COHORTS ? LengthPrefixed.read(in) : new Cohorts().toBytes();
      byte[] said = format > WITHOUT_COHORTS ? LengthPrefixed.read(in) : new byte[0];
      byte[] guard = format > WITHOUT_GUARD ? LengthPrefixed.read(in) : new byte[0];
      byte[] odds = format > WITHOUT_ODDS ? LengthPrefixed.read(in) : new byte[0];
      List<byte[]> pending = new ArrayList<>();
      int count = in.readInt();
      if (count < 0 || count > in.available()) {
        throw new IOException(
            "learner state: %d pending elements in %d bytes".formatted(count, in.available()));
      }
      long[] offsets = new long[count];
      byte[] labels = new byte[format > WITHOUT_COHORTS ? count : 0];
      float[] importance = new float[format > WITHOUT_ODDS ? count : 0];
      for (int i = 0; i < offsets.length; i++) {
        pending.add(LengthPrefixed.read(in));
        offsets[i] = format > WITHOUT_INCARNATION ? in.readLong() : version + i;
        if (format > WITHOUT_COHORTS) {
          labels[i] = in.readByte();
        }
        if (format > WITHOUT_ODDS) {
          importance[i] = in.readFloat();
        }
      }
      if (in.available() > 0) {
        throw new IOException(
            "learner state: " + in.available() + " bytes left over, expected none");
      }
      return new PartitionLearnerState(
          nextOffset,
          version,
          switchedAt,
          schemaId,
          nextId,
          counts,
          incarnation,
          config,
          schema,
          dense,
          served,
          cohorts,
          said,
          guard,
          odds,
          pending,
          offsets,
          labels,
          importance);
    }
  }

  private static Incarnation readIncarnation(DataInputStream in) throws IOException {
    long number = in.readLong();
    long since = in.readLong();
    return new Incarnation(
        number, new String(LengthPrefixed.read(in), StandardCharsets.UTF_8), since);
  }
}
