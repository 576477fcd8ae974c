package io.millrace.registry.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process of {@link NodeMain} that can be killed and started again. */
final class Node implements AutoCloseable {
  private final List<String> arguments;
  private final Path said;
  private @Nullable Process process;

  /**
   * @param said where what it prints is kept, warnings too
   */
  Node(Path said, String... arguments) {
    this.said = said;
    this.arguments = List.of(arguments);
  }

  /** Starts it and waits until it is up. */
  void start() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Dorg.apache.logging.log4j.level=WARN",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                NodeMain.class.getName()));
    command.addAll(arguments);
    Process starting = new ProcessBuilder(command).redirectErrorStream(true).start();
    process = starting;
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(starting.getInputStream(), StandardCharsets.UTF_8));
    String line;
    do {
      line = out.readLine();
      if (line == null) {
        throw new IllegalStateException(arguments + " did not start, see " + said);
      }
      note(line);
    } while (!line.equals("up"));
    Thread drain = new Thread(() -> noteAll(out));
    drain.setDaemon(true);
    drain.start();
  }

  private void noteAll(BufferedReader out) {
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        note(line);
      }
    } catch (IOException e) {
      // it was killed
    }
  }

  private void note(String line) throws IOException {
    Files.writeString(said, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Sends SIGKILL and waits until the process is gone. */
  void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
  }

  static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }
}
