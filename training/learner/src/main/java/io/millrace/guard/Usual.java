package io.millrace.guard;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a figure usually is: its mean and variance, which forget exponentially. A value that is far
 * off moves them as one at {@link #CLIP} deviations would.
 *
 * <p>Stored form: long values; doubles mean and variance.
 */
final class Usual {
  private static final double CLIP = 3;
  private static final int MEMORY = 400;

  /** Values before which the deviation is not known. */
  private static final int FIRST = 20;

  private long values;
  private double mean;
  private double variance;

  void add(double value) {
    values++;
    double weight = 1.0 / Math.min(values, MEMORY);
    double most = values > FIRST ? CLIP * deviation() : Double.POSITIVE_INFINITY;
    double off = Math.max(-most, Math.min(most, value - mean));
    mean += weight * off;
    variance += weight * ((1 - weight) * off * off - variance);
  }

  double mean() {
    return mean;
  }

  double deviation() {
    return Math.sqrt(variance);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(values);
    out.writeDouble(mean);
    out.writeDouble(variance);
  }

  static Usual read(DataInputStream in) throws IOException {
    Usual usual = new Usual();
    usual.values = in.readLong();
    usual.mean = in.readDouble();
    usual.variance = in.readDouble();
    return usual;
  }
}
