package io.millrace.model;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.millrace.kernel.Kernels;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a JVM has to be started with for {@link Kernels} to be fast.
 *
 * <p>HotSpot counts how often compiled code met a class that it had not expected, once more for
 * each place that the code is inlined at. The Vector API casts its operators in one method; if that
 * one is compiled before a second kind of operator has been used, the second kind is such a
 * surprise, five times over, and a kernel of 24 multiply-adds inherits 120 of them. From {@code
 * PerMethodTrapLimit} on, 100 by default, the compiler expects nothing any more: it no longer knows
 * what is in a vector, and each becomes an object, for as long as the process lives.
 */
final class VectorFlags {
  private static final String TRAP_LIMIT = "PerMethodTrapLimit";

  /** What launcher and build set; far more than a method of ours can inherit. */
  private static final long TRAPS = 10_000;

  private VectorFlags() {}

  /** What is wrong with the way in which this JVM was started, and what it costs. */
  static Optional<String> advice() {
    return advice(Kernels.bestHasVectors(), trapLimit());
  }

  static Optional<String> advice(boolean vectors, OptionalLong trapLimit) {
    if (!vectors) {
      return Optional.of(
          "Java was started without --add-modules jdk.incubator.vector: models are computed value by value, many"
              + " times slower.");
    }
    if (trapLimit.isPresent() && trapLimit.getAsLong() < TRAPS) {
      return Optional.of(
          ("%1$s is %2$d, expected at least %3$d (-XX:%1$s=%3$d): some processes compute models ten"
                  + " times slower otherwise, for as long as they live.")
              .formatted(TRAP_LIMIT, trapLimit.getAsLong(), TRAPS));
    }
    return Optional.empty();
  }

  /** Empty where the JVM has no such limit. */
  private static OptionalLong trapLimit() {
    HotSpotDiagnosticMXBean flags =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (flags == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(flags.getVMOption(TRAP_LIMIT).getValue()));
    } catch (IllegalArgumentException e) {
      return OptionalLong.empty();
    }
  }
}
