package io.millrace.learner;

import io.millrace.calibration.CalibrationConfig;
import io.millrace.calibration.SlidingCalibration;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A learner's state beside its table.
 *
 * <p>Stored form, version 3, big endian: 4 bytes "MRDS"; byte 3; int number of tensors, then of
 * each its name (modified UTF-8 with a 2-byte length), int number of values, the values, int number
 * of slots, the slots, in fp32; int length and bytes of the total {@link Evaluation}, likewise of
 * the unfinished segment; int number of finished segments, of each two longs and eight doubles in
 * the order of {@link Metrics}; with an int length each, the {@link SlidingCalibration} and the
 * {@link Evaluation} of predictions before it, and the scales of numbers ({@link
 * NumericScales#toBytes}). Version 2 had no scales: they start afresh, as they do where there are
 * none. Version 1 had only the first four of these doubles, the others are NaN, and no calibration:
 * it starts afresh.
 *
 * @param slots optimizer slots of each tensor
 * @param scales stored scales of numbers; empty if there were none yet
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between learner and bytes, never compared
record DenseState(
    Tensors tensors,
    float[][] slots,
    Evaluation total,
    Evaluation segment,
    List<Metrics> closedSegments,
    SlidingCalibration calibration,
    Evaluation uncalibrated,
    byte[] scales) {
  private static final int MAGIC = 0x4D524453;
  private static final byte FORMAT = 3;
  private static final byte WITHOUT_SCALES = 2;
  private static final byte FOUR_METRICS = 1;

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeByte(FORMAT);
      out.writeInt(slots.length);
      for (int t = 0; t < slots.length; t++) {
        out.writeUTF(tensors.specs().get(t).name());
        writeFloats(tensors.values()[t], out);
        writeFloats(slots[t], out);
      }
      LengthPrefixed.write(total.toBytes(), out);
      LengthPrefixed.write(segment.toBytes(), out);
      out.writeInt(closedSegments.size());
      for (Metrics m : closedSegments) {
        out.writeLong(m.examples());
        out.writeLong(m.positives());
        out.writeDouble(m.auc());
        out.writeDouble(m.logloss());
        out.writeDouble(m.normalizedEntropy());
        out.writeDouble(m.calibration());
        out.writeDouble(m.brier());
        out.writeDouble(m.ece());
        out.writeDouble(m.mce());
        out.writeDouble(m.ks());
      }
      LengthPrefixed.write(calibration.toBytes(), out);
      LengthPrefixed.write(uncalibrated.toBytes(), out);
      LengthPrefixed.write(scales, out);
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads the stored form of a model with these tensors, as many slots as {@code like}, and this
   * calibration.
   */
  static DenseState fromBytes(
      byte[] bytes, List<TensorSpec> specs, float[][] like, CalibrationConfig calibration) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int magic = in.readInt();
      int format = in.readByte();
      if (magic != MAGIC || format < FOUR_METRICS || format > FORMAT) {
        throw new IllegalArgumentException(
            "dense state: magic %08x format %d, expected %08x format 1 to 3"
                .formatted(magic, format, MAGIC));
      }
      requireEqual("number of tensors", in.readInt(), specs.size());
      Tensors tensors = Tensors.zeros(specs);
      float[][] slots = new float[like.length][];
      for (int t = 0; t < specs.size(); t++) {
        String name = in.readUTF();
        if (!name.equals(specs.get(t).name())) {
          throw new IllegalArgumentException(
              "dense state: tensor " + name + ", expected " + specs.get(t).name());
        }
        readFloats(in, tensors.values()[t], "values of tensor " + name);
        slots[t] = new float[like[t].length];
        readFloats(in, slots[t], "slots of tensor " + name);
      }
      Evaluation total = Evaluation.fromBytes(LengthPrefixed.read(in));
      Evaluation segment = Evaluation.fromBytes(LengthPrefixed.read(in));
      int closed = in.readInt();
      List<Metrics> closedSegments = new ArrayList<>();
      for (int i = 0; i < closed; i++) {
        closedSegments.add(readMetrics(in, format));
      }
      boolean old = format == FOUR_METRICS;
      SlidingCalibration fitted =
          old
              ? new SlidingCalibration(calibration)
              : SlidingCalibration.fromBytes(calibration, LengthPrefixed.read(in));
      Evaluation uncalibrated =
          old ? new Evaluation() : Evaluation.fromBytes(LengthPrefixed.read(in));
      byte[] scales = format >= FORMAT ? LengthPrefixed.read(in) : new byte[0];
      requireEqual("bytes left over", in.available(), 0);
      return new DenseState(
          tensors, slots, total, segment, closedSegments, fitted, uncalibrated, scales);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "dense state of " + bytes.length + " bytes is cut short: " + e.getMessage(), e);
    }
  }

  private static Metrics readMetrics(DataInputStream in, int format) throws IOException {
    boolean all = format >= WITHOUT_SCALES;
    return new Metrics(
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        all ? in.readDouble() : Double.NaN,
        all ? in.readDouble() : Double.NaN,
        all ? in.readDouble() : Double.NaN,
        all ? in.readDouble() : Double.NaN);
  }

  private static void requireEqual(String what, int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          "dense state: " + what + ": " + actual + ", expected " + expected);
    }
  }

  private static void writeFloats(float[] values, DataOutputStream out) throws IOException {
    out.writeInt(values.length);
    for (float value : values) {
      out.writeFloat(value);
    }
  }

  private static void readFloats(DataInputStream in, float[] into, String what) throws IOException {
    requireEqual(what, in.readInt(), into.length);
    for (int i = 0; i < into.length; i++) {
      into[i] = in.readFloat();
    }
  }
}
