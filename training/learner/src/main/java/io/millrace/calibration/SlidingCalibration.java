package io.millrace.calibration;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * A map that follows a stream: fitted again and again on the newest examples, each with the logit
 * that was predicted before it was learned. Until the first fit, and without calibration, it is the
 * identity.
 *
 * <p>Stored form, version 1, big endian: byte 1; long number of examples ever added; int number of
 * knot values and these as floats; int number of examples in the window, of each, from the oldest
 * on, its logit as float and its label as byte.
 */
public final class SlidingCalibration {
  private static final byte FORMAT = 1;

  private final CalibrationConfig config;
  private final LabeledLogits window;
  private CalibrationMap map = CalibrationMap.IDENTITY;
  private long added;

  /** Fresh. */
  public SlidingCalibration(CalibrationConfig config) {
    this.config = config;
    this.window = new LabeledLogits(config.fits() ? config.window() : 0);
  }

  /** The map as fitted last. */
  public CalibrationMap map() {
    return map;
  }

  /**
   * Adds an example, and fits when it is time.
   *
   * @param logit as the model predicted it, finite
   * @param label 0 or 1
   */
  public void add(float logit, byte label) {
    if (!config.fits()) {
      return;
    }
    window.add(logit, label);
    added++;
    if (added % config.every() == 0) {
      map =
          switch (config.method()) {
            case NONE -> CalibrationMap.IDENTITY;
            case PLATT -> LineFit.fit(window, true);
            case TEMPERATURE -> LineFit.fit(window, false);
            case ISOTONIC -> IsotonicFit.fit(window);
          };
    }
  }

  /** The stored form; see the class doc. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(added);
      float[] knots = map.knots();
      out.writeInt(knots.length);
      for (float knot : knots) {
        out.writeFloat(knot);
      }
      out.writeInt(window.size());
      for (int i = 0; i < window.size(); i++) {
        out.writeFloat(window.logit(i));
        out.writeByte(window.label(i));
      }
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads {@link #toBytes}'s form.
   *
   * @throws IllegalArgumentException if the bytes are no such form, or the window is longer than
   *     the config's
   */
  public static SlidingCalibration fromBytes(CalibrationConfig config, byte[] bytes) {
    SlidingCalibration read = new SlidingCalibration(config);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "calibration format: " + format + ", expected " + FORMAT);
      }
      read.added = in.readLong();
      int values = in.readInt();
      if (values < 0 || values > in.available() / Float.BYTES) {
        throw new IOException(values + " knot values");
      }
      float[] knots = new float[values];
      for (int i = 0; i < values; i++) {
        knots[i] = in.readFloat();
      }
      read.map = CalibrationMap.through(knots);
      int examples = in.readInt();
      if (examples < 0 || examples > (config.fits() ? config.window() : 0)) {
        throw new IllegalArgumentException(
            "calibration window: %d examples stored, expected at most %d"
                .formatted(examples, config.fits() ? config.window() : 0));
      }
      for (int i = 0; i < examples; i++) {
        read.window.add(in.readFloat(), in.readByte());
      }
      if (in.available() > 0) {
        throw new IOException(in.available() + " left over");
      }
      return read;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "calibration: " + bytes.length + " bytes are no stored calibration: " + e.getMessage(),
          e);
    }
  }
}
