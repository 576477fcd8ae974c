package io.millrace.model;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;

/** What computes a model that has more than one implementation. Weights are the same in all. */
public enum Engine {
  /** {@link io.millrace.kernel.Kernels} on flat arrays; the default on a CPU. */
  KERNELS,
  /** DJL and PyTorch; the independent reference. */
  DJL;

  /**
   * The implementation, if its module is there.
   *
   * @throws IllegalArgumentException if it is not
   */
  ModelEngine implementation() {
    Advice.give();
    return found()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "engine: %s, but its module is not on the class path; there are %s"
                        .formatted(this, Found.ENGINES.keySet())));
  }

  /** What is wrong with the way in which this JVM was started, and what it costs. */
  public static Optional<String> startAdvice() {
    return VectorFlags.advice();
  }

  /** The implementation, or nothing if its module is not on the class path. */
  Optional<ModelEngine> found() {
    return Optional.ofNullable(Found.ENGINES.get(this));
  }

  /** With the first model and not with the first setting: logs have their place by then. */
  private static final class Advice {
    static {
      VectorFlags.advice().ifPresent(LoggerFactory.getLogger(Engine.class)::warn);
    }

    static void give() {}
  }

  private static final class Found {
    static final Map<Engine, ModelEngine> ENGINES = new EnumMap<>(Engine.class);

    static {
      for (ModelEngine each :
          ServiceLoader.load(ModelEngine.class, Engine.class.getClassLoader())) {
        ENGINES.put(each.engine(), each);
      }
    }
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
