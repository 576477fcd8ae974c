package io.millrace.cli;

import io.millrace.standalone.DataDirectory;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Keeps everything that libraries write (temporary files, unpacked native libraries, logs) inside
 * the data directory.
 */
final class ProcessHome {
  private ProcessHome() {}

  /**
   * Points the JVM at the data directory. Must run before the first logger or temporary file: both
   * read their place once.
   */
  static void enter(DataDirectory directory) {
    System.setProperty("java.io.tmpdir", directory.tmp().toString());
    System.setProperty("DJL_CACHE_DIR", directory.root().resolve("djl").toString());
    System.setProperty("millrace.log.dir", directory.root().resolve("logs").toString());
    System.setProperty("log4j2.configurationFile", "log4j2-platform.xml");
  }

  /** What runs in a data directory. */
  interface Work {
    int run() throws IOException, InterruptedException;
  }

  /**
   * Runs what may be refused before it has begun: a data directory that was made for it goes then.
   *
   * @param begun whether it has begun
   */
  static int run(DataDirectory directory, BooleanSupplier begun, Work work)
      throws IOException, InterruptedException {
    try {
      return work.run();
    } catch (RuntimeException e) {
      if (Millrace.isTheirs(e) && !begun.getAsBoolean()) {
        directory.discardIfCreated();
      }
      throw e;
    }
  }
}
