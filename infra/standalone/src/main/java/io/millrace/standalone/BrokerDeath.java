package io.millrace.standalone;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * Says why, when the broker in this process ends the process: it does so when it cannot write its
 * log any more. Everything acknowledged is in the data directory.
 */
final class BrokerDeath {
  /** A disk with less free space is called full. */
  private static final long FULL_BYTES = 32L << 20;

  private BrokerDeath() {}

  /** From now on the broker's end is told in one line. */
  static void tellOn(PrintStream terminal, Path dataDirectory) {
    Exit.Procedure procedure =
        (status, message) -> {
          terminal.println("millrace: " + words(dataDirectory, message));
          terminal.flush();
          Runtime.getRuntime().halt(1);
        };
    Exit.setHaltProcedure(procedure);
    Exit.setExitProcedure(procedure);
  }

  /** Leaves it to the broker again. */
  static void forget() {
    Exit.resetHaltProcedure();
    Exit.resetExitProcedure();
  }

  static String words(Path dataDirectory, @Nullable String message) {
    if (!Files.isDirectory(dataDirectory)) {
      return "data directory %s is gone; stopped".formatted(dataDirectory);
    }
    return words(dataDirectory, message, free(dataDirectory));
  }

  /** The same where so many bytes are free. */
  static String words(Path dataDirectory, @Nullable String message, long free) {
    return free < FULL_BYTES
        ? "disk of %s is full (%d MB free); stopped. Everything acknowledged is kept: free some space and start again"
            .formatted(dataDirectory, free >> 20)
        : "the Kafka broker in this process has stopped%s; details in %s"
            .formatted(
                message == null ? "" : ": " + message,
                dataDirectory.resolve("logs").resolve("millrace.log"));
  }

  private static long free(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }
}
