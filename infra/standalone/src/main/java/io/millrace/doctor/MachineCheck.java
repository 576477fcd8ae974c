package io.millrace.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.millrace.model.Engine;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Java, memory and open files. */
final class MachineCheck {
  /** Broker, RocksDB and connections hold some hundred files open, and more as tables grow. */
  private static final long FEW_FILES = 4096;

  private MachineCheck() {}

  static List<Finding> look() {
    List<Finding> findings = new ArrayList<>();
    String java = "Java " + Runtime.version();
    findings.add(
        Engine.startAdvice()
            .map(advice -> Finding.warning("Java", java + ": " + advice))
            .orElseGet(() -> Finding.ok("Java", java)));
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    findings.add(memory(Runtime.getRuntime().maxMemory(), system.getTotalMemorySize()));
    if (system instanceof UnixOperatingSystemMXBean unix) {
      findings.add(files(unix.getMaxFileDescriptorCount()));
    }
    return findings;
  }

  static Finding memory(long heap, long machine) {
    String words =
        "heap up to %d MB of the machine's %d MB, %d processors"
            .formatted(heap >> 20, machine >> 20, Runtime.getRuntime().availableProcessors());
    return heap > machine / 10 * 8
        ? Finding.warning(
            "memory",
            words
                + "; expected at most four fifths of it, because tables on disk need memory beside"
                + " the heap (MILLRACE_HEAP)")
        : Finding.ok("memory", words);
  }

  static Finding files(long most) {
    return most < FEW_FILES
        ? Finding.warning(
            "open files", "%d at most, expected %d or more (ulimit -n)".formatted(most, FEW_FILES))
        : Finding.ok("open files", most + " at most");
  }
}
