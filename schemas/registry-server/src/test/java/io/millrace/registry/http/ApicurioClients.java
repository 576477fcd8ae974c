package io.millrace.registry.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Apicurio's serdes of one version: Maven copies what {@code src/test/apicurio/VERSION/pom.xml}
 * names below {@code target}, once for each content of that file, and a JVM of its own runs {@code
 * Serdes.java} on it.
 */
final class ApicurioClients {
  private static final Path SOURCE = Path.of("src", "test", "apicurio").toAbsolutePath();
  private static final String COPY =
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

  private final Path installed;
  private final String url;

  /**
   * Serdes.
   *
   * @param version their major version
   * @param url of the registry, with the path of the API that they shall speak
   */
  ApicurioClients(String version, String url) {
    this.installed = Path.of("target", "apicurio-" + version).toAbsolutePath();
    this.url = url;
    try {
      install(SOURCE.resolve(version).resolve("pom.xml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void install(Path pom) throws IOException {
    Path complete = installed.resolve("complete.xml");
    if (Files.exists(complete) && Files.readString(complete).equals(Files.readString(pom))) {
      return;
    }
    Files.createDirectories(installed);
    String maven = Objects.requireNonNullElse(System.getenv("MVN"), "mvn");
    Command.run(
        installed,
        List.of(maven, "-B", "-q", "-f", pom.toString(), COPY, "-DoutputDirectory=" + installed));
    Files.copy(pom, complete, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Runs a command of {@code Serdes.java} and gives the lines that it prints. */
  List<String> run(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                installed + "/*",
                SOURCE.resolve("Serdes.java").toString(),
                url));
    command.addAll(List.of(arguments));
    return Command.run(installed, command).lines().toList();
  }
}
