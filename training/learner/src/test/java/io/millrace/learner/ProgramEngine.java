package io.millrace.learner;

import io.millrace.model.Engine;

/** The engine that a test program compares: system property {@code millrace.engine}. */
public final class ProgramEngine {
  private ProgramEngine() {}

  /** The kernels unless the property names another. */
  public static Engine chosen() {
    return Engine.named(System.getProperty("millrace.engine", "kernels"));
  }
}
