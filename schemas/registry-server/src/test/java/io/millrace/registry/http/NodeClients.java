package io.millrace.registry.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The clients of {@code src/test/npm}, installed below {@code target} once for each lock file, and
 * run by Node.js.
 */
final class NodeClients {
  private static final Path SOURCE = Path.of("src", "test", "npm");
  private static final Path INSTALLED = Path.of("target", "npm");

  private final String url;

  NodeClients(String url) {
    this.url = url;
    try {
      install();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void install() throws IOException {
    Files.createDirectories(INSTALLED);
    Path lock = INSTALLED.resolve("package-lock.json");
    Path complete = INSTALLED.resolve("complete");
    Files.copy(
        SOURCE.resolve("clients.js"),
        INSTALLED.resolve("clients.js"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    if (Files.exists(complete)
        && Files.readString(lock).equals(Files.readString(SOURCE.resolve("package-lock.json")))) {
      return;
    }
    Files.deleteIfExists(complete);
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(
          SOURCE.resolve(file),
          INSTALLED.resolve(file),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    Command.run(
        INSTALLED,
        List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"));
    Files.writeString(complete, "");
  }

  /** Runs a command of {@code clients.js} and reads what it prints. */
  JsonNode run(List<String> command) throws IOException {
    List<String> all = new ArrayList<>(List.of("node", "clients.js", url));
    all.addAll(command);
    return Http.MAPPER.readTree(Command.run(INSTALLED, all));
  }
}
