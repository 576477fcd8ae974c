package io.millrace.registry.http;

import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a server has not given back: buffers that Netty saw collected unreleased, and heap. */
final class Leftovers {
  private static final int COLLECTIONS = 4;

  private final List<String> leaks = new CopyOnWriteArrayList<>();

  /** Watches every buffer from now on. */
  Leftovers() throws ReflectiveOperationException {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    // Netty offers the detector of its buffers to nobody
    Field field = Class.forName("io.netty.buffer.AbstractByteBuf").getDeclaredField("leakDetector");
    field.setAccessible(true);
    ((ResourceLeakDetector<?>) field.get(null))
        .setLeakListener((type, records) -> leaks.add(type + " " + records));
  }

  /** Bytes of the heap that are in use after collections. */
  static long heapBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Buffers found so far; Netty looks when it makes another one. */
  List<String> leaks() {
    return leaks;
  }
}
