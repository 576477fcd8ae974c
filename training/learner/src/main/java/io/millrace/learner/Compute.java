package io.millrace.learner;

import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import java.io.Serializable;

/**
 * What computes the models of a process. The business of a process and not of a model: weights are
 * the same everywhere.
 *
 * @param engine on a CPU
 * @param device where learners compute: {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N};
 *     servers always do on the CPU, where a few candidates are answered sooner
 */
public record Compute(Engine engine, String device) implements Serializable {

  /** The kernels, and a GPU for learners if there is one. */
  public static final Compute DEFAULT = new Compute(Engine.KERNELS, "auto");

  public Compute {
    ComputeDevice.requireForm(device);
  }

  /**
   * The device of learners on this machine.
   *
   * @throws IllegalArgumentException if there is no such GPU
   */
  public ComputeDevice ofLearners() {
    return ComputeDevice.parse(device);
  }
}
