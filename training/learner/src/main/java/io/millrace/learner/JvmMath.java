package io.millrace.learner;

import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * Which functions stand behind {@link Math#exp}, {@link Math#log} and {@link Math#pow}: a JVM may
 * have some of its own, within one ulp of the others. Unlike {@link StrictMath}'s.
 */
final class JvmMath {
  private static final int PROBES = 1000;

  private JvmMath() {}

  /** A name that differs where the functions do: a checksum of their values at 1,000 places. */
  static String name() {
    SplittableRandom random = new SplittableRandom(1);
    CRC32 sum = new CRC32();
    for (int i = 0; i < PROBES; i++) {
      double x = 40 * random.nextDouble() - 20;
      double share = random.nextDouble();
      add(sum, Math.exp(x));
      add(sum, Math.log(share));
      add(sum, Math.pow(share, x));
    }
    return "Math %08x".formatted(sum.getValue());
  }

  private static void add(CRC32 sum, double value) {
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      sum.update((int) (bits >>> shift));
    }
  }
}
