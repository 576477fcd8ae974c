package io.millrace.cli;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a command did in this process: its exit status and what it printed. */
record Ran(int status, String out, String err) {
  /** What a command sets of its process; the next test's process is the same. */
  private static final List<String> SET =
      List.of("java.io.tmpdir", "DJL_CACHE_DIR", "millrace.log.dir", "log4j2.configurationFile");

  static {
    // The JVM looks once where temporary files go, and the folder of a test's command is deleted.
    try {
      Files.delete(File.createTempFile("ran", null).toPath());
      Files.delete(Files.createTempFile("ran", null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Ran of(Object... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    Map<String, @Nullable String> before = new HashMap<>();
    SET.forEach(name -> before.put(name, System.getProperty(name)));
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ByteArrayOutputStream failed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(failed, true, StandardCharsets.UTF_8));
    try {
      int status = Millrace.run(words);
      return new Ran(
          status,
          written.toString(StandardCharsets.UTF_8),
          failed.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
      before.forEach(
          (name, value) -> {
            if (value == null) {
              System.clearProperty(name);
            } else {
              System.setProperty(name, value);
            }
          });
    }
  }
}
