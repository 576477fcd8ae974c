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

  /** The model of an architecture; parameters and errors as of {@link ModelEngine#model}. */
  CtrModel model(Architecture architecture, int fields, int dim, int rowWidth) {
    Advice.give();
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

  /** With the first model and not with the first setting: logs have their place by then. */
  private static final class Advice {
    static {
      VectorFlags.advice().ifPresent(LoggerFactory.getLogger(Engine.class)::warn);
    }

    static void give() {}
  }

  private static final class Other {
    static final Optional<ModelEngine> FOUND =
        ServiceLoader.load(ModelEngine.class, Engine.class.getClassLoader()).findFirst();
  }

  /**
   * The engine of a name.
   *
   * @throws IllegalArgumentException if it is that of none
   */
  public static Engine named(String name) {
    for (Engine engine : values()) {
      if (engine.toString().equals(name)) {
        return engine;
      }
    }
    throw new IllegalArgumentException("engine: \"" + name + "\", expected kernels or djl");
  }

  /** As in settings: {@code kernels} or {@code djl}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
