package io.millrace.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;

/**
 * Starts PyTorch the way this platform needs it: offline, and with one torch thread for each Java
 * thread that works, because parallelism comes from the jobs and a second torch thread slows them
 * all down. Settings that the JVM was started with win.
 */
final class DjlTorch {

  static {
    setUnlessSet("ai.djl.offline", "true");
    setUnlessSet("ai.djl.pytorch.num_threads", "1");
    setUnlessSet("ai.djl.pytorch.num_interop_threads", "1");
  }

  private DjlTorch() {}

  /** A manager of native arrays on the CPU; its owner closes it. */
  static PtNDManager newManager() {
    NDManager root = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    return (PtNDManager) root;
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
