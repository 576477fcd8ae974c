package io.millrace.model;

import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;

/** What computes a model that has more than one implementation. Weights are the same in all. */
public enum Engine {
  /** {@link io.millrace.kernel.Kernels} on flat arrays; the default on a CPU. */
  KERNELS,
  /** DJL and PyTorch; the independent reference. */
  DJL;

  private static final String PROPERTY = "millrace.engine";

  static {
    VectorFlags.advice().ifPresent(LoggerFactory.getLogger(Engine.class)::warn);
  }

  /**
   * What system property {@code millrace.engine} names, the kernels if it is not set.
   *
   * @throws IllegalArgumentException if it names neither
   */
  public static Engine chosen() {
    return named(System.getProperty(PROPERTY, KERNELS.toString()));
  }

  /**
   * Sets what {@link #chosen} gives from now on.
   *
   * @throws IllegalArgumentException if the name is that of no engine
   */
  public static void choose(String name) {
    System.setProperty(PROPERTY, named(name).toString());
  }

  /** The model of an architecture; parameters and errors as of {@link ModelEngine#model}. */
  CtrModel model(Architecture architecture, int fields, int dim, int rowWidth) {
    ModelEngine engine =
        this == KERNELS
            ? KernelModels.ENGINE
            : other()
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "engine: djl, but its module (training/djl) is not on the class path;"
                                + " expected kernels"));
    return engine.model(architecture, fields, dim, rowWidth);
  }

  /** The engine beside the kernels, if its module is there. */
  static Optional<ModelEngine> other() {
    return Other.FOUND;
  }

  private static final class Other {
    static final Optional<ModelEngine> FOUND =
        ServiceLoader.load(ModelEngine.class, Engine.class.getClassLoader()).findFirst();
  }

  private static Engine named(String name) {
    for (Engine engine : values()) {
      if (engine.toString().equals(name)) {
        return engine;
      }
    }
    throw new IllegalArgumentException("engine: \"" + name + "\", expected kernels or djl");
  }

  /** As on the command line and in the property: {@code kernels} or {@code djl}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
