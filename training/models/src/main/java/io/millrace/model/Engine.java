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

  /**
   * The implementation, if its module is there.
   *
   * @throws IllegalArgumentException if it is not
   */
  ModelEngine implementation() {
    return found()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "engine: %s, but its module is not on the class path; there are %s"
                        .formatted(this, Found.ENGINES.keySet())));
  }

  /** The implementation, or nothing if its module is not on the class path. */
  Optional<ModelEngine> found() {
    return Optional.ofNullable(Found.ENGINES.get(this));
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
