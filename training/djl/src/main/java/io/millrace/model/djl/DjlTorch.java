package io.millrace.model.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Platform;
import ai.djl.util.cuda.CudaUtils;
import io.millrace.model.ComputeDevice;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

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

  /**
   * What the bits of PyTorch depend on, in words: it chooses its kernels by the processor and cuts
   * sums by its threads.
   */
  static String arithmetic(ComputeDevice device) {
    String version = ai.djl.engine.Engine.getEngine("PyTorch").getVersion();
    return "PyTorch %s %s, %s"
        .formatted(
            version,
            flavor(),
            device.isGpu()
                ? "GPU of capability " + CudaUtils.getComputeCapability(device.gpu())
                : "%s threads on %s"
                    .formatted(System.getProperty("ai.djl.pytorch.num_threads"), processor()));
  }

  /** The processor's name, with a checksum of what it can; the architecture where none is known. */
  private static String processor() {
    Path file = Path.of("/proc/cpuinfo");
    String name = System.getProperty("os.arch");
    try {
      List<String> lines = Files.isReadable(file) ? Files.readAllLines(file) : List.of();
      CRC32 flags = new CRC32();
      for (String line : lines) {
        if (line.isEmpty()) {
          break; // the first core stands for all
        }
        String value = line.substring(line.indexOf(':') + 1).strip();
        name = line.startsWith("model name") ? value : name;
        if (line.startsWith("flags")) {
          flags.update(value.getBytes(StandardCharsets.UTF_8));
        }
      }
      return "%s (%08x)".formatted(name, flags.getValue());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
