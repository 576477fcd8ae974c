package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Command {
  private Command() {}

  /**
   * Runs a program.
   *
   * @param folder where it runs; what it prints passes through files there
   * @return what it printed, errors aside
   * @throws AssertionError if it failed, with all that it said
   */
  static String run(Path folder, List<String> command) throws IOException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(command.get(0) + " ended").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed + Files.readString(errors)).isZero();
    Files.delete(output);
    Files.delete(errors);
    return printed;
  }
}
