package io.millrace.e2e;

import io.millrace.cli.Millrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A {@code millrace} command that takes orders on its standard input, a line each, and ends with
 * it:
 *
 * <ul>
 *   <li>{@code fail WORDS}: the task thread whose name contains the words is interrupted, so that
 *       its job fails alone. Answered by {@code failing NAME} or {@code no task WORDS}.
 *   <li>{@code memory}: collects garbage. Answered by {@code memory HEAP_BYTES DIRECT_BYTES}.
 * </ul>
 */
final class KillableMillrace {
  private KillableMillrace() {}

  public static void main(String[] args) {
    Thread orders = new Thread(KillableMillrace::obey, "orders");
    orders.setDaemon(true);
    orders.start();
    Millrace.main(args);
  }

  private static void obey() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("fail ")) {
          fail(line.substring("fail ".length()));
        } else if (line.equals("memory")) {
          System.gc();
          System.out.printf(
              "memory %d %d%n",
              ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), directBytes());
        } else {
          throw new IllegalArgumentException("order: " + line + ", expected fail or memory");
        }
        System.out.flush();
      }
    } catch (IOException e) {
      System.err.println("orders: " + e);
    }
    Runtime.getRuntime().halt(3);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static void fail(String words) {
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      ThreadGroup group = thread.getThreadGroup();
      if (group != null
          && group.getName().contains("Flink Task Threads")
          && thread.getName().contains(words)) {
        System.out.println("failing " + thread.getName());
        thread.interrupt();
        return;
      }
    }
    System.out.println("no task " + words);
  }
}
