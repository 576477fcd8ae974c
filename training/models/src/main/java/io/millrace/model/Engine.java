package io.millrace.model;

import java.util.Locale;

/** What computes a model that has more than one implementation. Weights are the same in all. */
public enum Engine {
  /** {@link io.millrace.kernel.Kernels} on flat arrays; the default on a CPU. */
  KERNEL,
  /** DJL and PyTorch; the independent reference. */
  DJL;

  private static final String PROPERTY = "millrace.engine";

  /**
   * What system property {@code millrace.engine} names, the kernels if it is not set.
   *
   * @throws IllegalArgumentException if it names neither
   */
  public static Engine chosen() {
    String name = System.getProperty(PROPERTY, "kernel");
    for (Engine engine : values()) {
      if (engine.name().toLowerCase(Locale.ROOT).equals(name)) {
        return engine;
      }
    }
    throw new IllegalArgumentException(
        PROPERTY + ": \"" + name + "\", expected \"kernel\" or \"djl\"");
  }
}
