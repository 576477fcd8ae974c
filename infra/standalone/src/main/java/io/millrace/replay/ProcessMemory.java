package io.millrace.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process as the operating system counts it. */
final class ProcessMemory {
  private ProcessMemory() {}

  /** Peak resident bytes, native memory included; the heap's size where /proc is not to be had. */
  static long peakBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
    } catch (IOException e) {
      // No /proc on this system: fall through to what the JVM knows of itself.
      return Runtime.getRuntime().totalMemory();
    }
    return Runtime.getRuntime().totalMemory();
  }
}
