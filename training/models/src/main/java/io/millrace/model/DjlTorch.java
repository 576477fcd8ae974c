package io.millrace.model;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Platform;
import ai.djl.util.cuda.CudaUtils;
import java.io.File;

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

  /** A manager of native arrays on a device; its owner closes it. */
  static PtNDManager newManager(Device device) {
    NDManager root = ai.djl.engine.Engine.getEngine("PyTorch").newBaseManager(device);
    return (PtNDManager) root;
  }

  /** The folder of PyTorch's libraries; starts it. */
  static File libraries() {
    ai.djl.engine.Engine.getEngine("PyTorch");
    return new File(LibUtils.getLibtorchPath());
  }

  /** GPUs that PyTorch can use. Does not start it. */
  static int gpus() {
    return flavor().startsWith("cu") ? CudaUtils.getGpuCount() : 0;
  }

  /** What PyTorch on the class path was built for: {@code cpu}, or {@code cu124} and the like. */
  static String flavor() {
    return Platform.detectPlatform("pytorch").getFlavor();
  }

  /** DJL's name of a device. */
  static Device device(ComputeDevice device) {
    return device.isGpu() ? Device.gpu(device.gpu()) : Device.cpu();
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
