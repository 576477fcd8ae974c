package io.millrace.trainer;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * When the work for the next step is done: on a thread of its own while this step computes, or in
 * this thread after it. What the work did is seen after {@link #await}. Used by one thread.
 */
final class Ahead implements AutoCloseable {
  private final @Nullable ExecutorService thread;
  private @Nullable Runnable work;
  private @Nullable Future<?> running;

  /**
   * @param overlapped whether there is a thread
   */
  Ahead(boolean overlapped) {
    this.thread =
        overlapped
            ? Executors.newSingleThreadExecutor(
                task -> {
                  Thread made = new Thread(task, "next-step");
                  made.setDaemon(true);
                  return made;
                })
            : null;
  }

  /** Takes work for the next step; there must be none. */
  void begin(Runnable task) {
    work = task;
    running = thread == null ? null : thread.submit(task);
  }

  /** Returns once the work is done, if there is any. */
  void await() {
    Runnable task = work;
    Future<?> future = running;
    work = null;
    running = null;
    if (future == null) {
      if (task != null) {
        task.run();
      }
      return;
    }
    try {
      future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the next step was prepared", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the next step could not be prepared", e.getCause());
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.shutdown();
    }
  }
}
