package io.millrace.model.djl;

import io.millrace.model.ComputeDevice;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The buffers of one workspace that a GPU reads: memory of the host that is registered with CUDA
 * stays where it is, so that a copy to the device needs no copy on the host before it. Where there
 * is no GPU, memory is plain.
 *
 * <p>It owns what it gave until {@link #release} or {@link #close}, which takes registrations back
 * in the reverse order. Memory that cannot be registered is used all the same; the first such time
 * is logged with CUDA's name of the error. Not thread-safe.
 */
final class PinnedMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PinnedMemory.class);

  /** Buffers begin and end at pages, since registering a page twice is an error. */
  private static final int PAGE = 4096;

  /** Below this a copy on the host costs less than a page that can't be moved. */
  private static final int LEAST = 1 << 16;

  /** What registers memory. Codes are CUDA's, 0 for success. */
  interface Registry {
    int register(ByteBuffer memory);

    int unregister(ByteBuffer memory);

    String error(int code);
  }

  private final @Nullable Registry registry;
  private final Deque<ByteBuffer> registered = new ArrayDeque<>(); // the newest one first
  private boolean warned;

  /**
   * @param registry null for plain memory
   */
  PinnedMemory(@Nullable Registry registry) {
    this.registry = registry;
  }

  /** Of a workspace on a device. */
  static PinnedMemory of(ComputeDevice device) {
    if (!device.isGpu()) {
      return new PinnedMemory(null);
    }
    try {
      return new PinnedMemory(CudaRuntime.of(device.gpu()));
    } catch (UnsatisfiedLinkError e) {
      LOG.warn("memory of the host is not registered with CUDA: {}", e.getMessage());
      return new PinnedMemory(null);
    }
  }

  /**
   * Memory outside the Java heap, in whole pages.
   *
   * @param size bytes, at least 1
   */
  ByteBuffer allocate(int size) {
    if (registry == null || size < LEAST) {
      return ByteBuffer.allocateDirect(size);
    }
    int whole = Math.addExact(size, PAGE - 1) / PAGE * PAGE;
    ByteBuffer memory =
        ByteBuffer.allocateDirect(Math.addExact(whole, PAGE)).alignedSlice(PAGE).slice(0, whole);
    if (succeeds(registry.register(memory), "registered", memory)) {
      registered.push(memory);
    }
    return memory;
  }

  /** Takes back what {@link #allocate} gave; nothing may use it any more. */
  void release(ByteBuffer memory) {
    for (Iterator<ByteBuffer> all = registered.iterator(); all.hasNext(); ) {
      if (all.next() == memory) {
        all.remove();
        unregister(memory);
        return;
      }
    }
  }

  private void unregister(ByteBuffer memory) {
    succeeds(Objects.requireNonNull(registry).unregister(memory), "unregistered", memory);
  }

  private boolean succeeds(int code, String what, ByteBuffer memory) {
    if (code != 0 && !warned) {
      warned = true;
      LOG.warn(
          "{} bytes of the host's memory could not be {} with CUDA: {}; copies to the GPU are slower",
          memory.capacity(),
          what,
          Objects.requireNonNull(registry).error(code));
    }
    return code == 0;
  }

  /** Buffers that are registered now, the newest one first. */
  List<ByteBuffer> registered() {
    return new ArrayList<>(registered);
  }

  @Override
  public void close() {
    while (!registered.isEmpty()) {
      unregister(registered.pop());
    }
  }
}
