package io.millrace.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, or whatever else ends the process, as something to wait for: the process lives on until
 * this is closed, so that what runs can stop in order.
 */
final class CtrlC implements AutoCloseable {
  private final CountDownLatch pressed = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  CtrlC() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::press));
  }

  private void press() {
    pressed.countDown();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for it. */
  void await() throws InterruptedException {
    pressed.await();
  }

  /** Waits for it, but no longer; says whether it came. */
  boolean await(long millis) throws InterruptedException {
    return pressed.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
