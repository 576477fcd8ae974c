package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code millrace} command in a process of its own, on this JVM's class path. */
final class MillraceProcess implements AutoCloseable {
  /** What the JVM itself writes first, and no flag silences. */
  private static final String JVM_NOTICE = "^WARNING: Using incubator modules: [a-z.]+\\R";

  private final Process process;
  private final StringBuffer output = new StringBuffer();
  private final Thread reader;
  private volatile int percent = -1;

  private MillraceProcess(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "output of process " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts {@code millrace args} in a folder, with the launcher's flags. */
  static MillraceProcess start(Path folder, String... args) throws IOException {
    return start(
        folder,
        List.of(
            "-Xmx1g",
            "-XX:+ExitOnOutOfMemoryError",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-modules=jdk.incubator.vector",
            "-XX:PerMethodTrapLimit=10000",
            "-Dai.djl.offline=true"),
        "io.millrace.cli.Millrace",
        args);
  }

  /** Starts a main class in a folder, with flags for its JVM. */
  static MillraceProcess start(Path folder, List<String> flags, String mainClass, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    if (mainClass.startsWith("io.millrace.cli.")) {
      command.addAll(ClassArchive.flags());
    }
    command.addAll(
        List.of(
            "-XX:-UsePerfData",
            "-cp",
            mainClass.startsWith("io.millrace.cli.")
                ? ClassArchive.CLASS_PATH
                : ClassArchive.OF_TESTS,
            mainClass));
    command.addAll(List.of(args));
    return new MillraceProcess(
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start());
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int c = in.read(); c >= 0; c = in.read()) {
        output.append((char) c);
        if (c == '%') {
          percent = numberAtEnd(output, output.length() - 1);
        }
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The number that text ends with before a position; -1 if there is none. */
  private static int numberAtEnd(StringBuffer text, int end) {
    int start = end;
    while (start > 0 && Character.isDigit(text.charAt(start - 1))) {
      start--;
    }
    return start == end ? -1 : Integer.parseInt(text.substring(start, end));
  }

  /**
   * Waits until the progress bar shows at least so many percent (0: the platform is up, the file is
   * being written) or the process has ended.
   */
  void awaitProgress(int atLeast, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (percent < atLeast && !awaitExit(Duration.ofMillis(20))) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%d %% within %s, expected %d: %s".formatted(percent, limit, atLeast, output));
      }
    }
  }

  /** Waits until the output holds a text, or for the end. */
  void awaitOutput(String text, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (process.isAlive() && output.indexOf(text) < 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no " + text + " within " + limit + ": " + output);
      }
      Thread.sleep(5);
    }
  }

  /** Writes a line to its standard input. */
  void tell(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Whether the output so far holds a text. */
  boolean hasSaid(String text) {
    return output.indexOf(text) >= 0;
  }

  /** How often the output so far holds a text. */
  int timesSaid(String text) {
    int times = 0;
    for (int at = output.indexOf(text); at >= 0; at = output.indexOf(text, at + 1)) {
      times++;
    }
    return times;
  }

  /** Everything that it wrote so far; more may come. */
  String outputSoFar() {
    return output.toString();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Waits for the end; false if it still runs then. */
  boolean awaitExit(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits for the end, requires an exit status, and gives the output. */
  String outputOnExit(int exitStatus, Duration limit) throws InterruptedException {
    assertThat(awaitExit(limit)).as("ended within %s", limit).isTrue();
    assertThat(exitStatus()).as(output()).isEqualTo(exitStatus);
    return output();
  }

  /** The exit status; 137 after a SIGKILL. */
  int exitStatus() {
    return process.exitValue();
  }

  /** Everything that Millrace wrote to standard output and error. */
  String output() throws InterruptedException {
    reader.join(5_000);
    return output.toString().replaceFirst(JVM_NOTICE, "");
  }

  /** The last line of the output, also if it is unfinished or rewritten in place; may be empty. */
  String lastLine() throws InterruptedException {
    String[] lines = output().split("[\r\n]+", -1);
    return lines[Math.max(0, lines.length - 1)].strip();
  }

  /** Sends SIGKILL and waits until the process is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
