package io.millrace.cli;

import java.io.IOException;

/**
 * Says how to go on when a process is stopped, by Ctrl-C or a signal, in the middle of its work.
 */
final class StoppedHint {
  private StoppedHint() {}

  /** Work that may be stopped. */
  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Runs the work; if the process is stopped before its end, says that, and the hint. */
  static <T> T during(String hint, Work<T> work) throws IOException, InterruptedException {
    Thread hook =
        new Thread(() -> System.err.println("millrace: stopped; " + hint), "millrace-stopped");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.run();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      var unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is being stopped, and the hook runs.
    }
  }
}
