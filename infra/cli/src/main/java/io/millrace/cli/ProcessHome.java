package io.millrace.cli;

import io.millrace.standalone.DataDirectory;

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
}
