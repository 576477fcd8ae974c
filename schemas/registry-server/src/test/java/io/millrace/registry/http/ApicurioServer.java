package io.millrace.registry.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A fresh Apicurio registry in memory, from Maven (142 MB, copied below {@code target} once), as a
 * process of its own.
 */
final class ApicurioServer implements AutoCloseable {
  static final String VERSION = "2.6.13.Final";
  private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
  private static final int START_SECONDS = 120;

  private final String address;
  private final Process process;

  private ApicurioServer(String address, Process process) {
    this.address = address;
    this.process = process;
  }

  static ApicurioServer start() throws IOException, InterruptedException {
    Path folder = Path.of("target", "apicurio-server").toAbsolutePath();
    Path runner = folder.resolve("apicurio-registry-app-" + VERSION + "-runner.jar");
    if (!Files.exists(runner)) {
      install(folder);
    }
    String port = Node.freePort();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-jar",
                runner.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("server.txt").toFile())
            .start();
    ApicurioServer server = new ApicurioServer("http://127.0.0.1:" + port, process);
    try {
      server.awaitStart();
      return server;
    } catch (RuntimeException | InterruptedException e) {
      server.close();
      throw e;
    }
  }

  private static void install(Path folder) throws IOException {
    Files.createDirectories(folder);
    String maven = Objects.requireNonNullElse(System.getenv("MVN"), "mvn");
    String file = "apicurio-registry-app-" + VERSION + "-all.tar.gz";
    Command.run(
        folder,
        List.of(
            maven,
            "-B",
            "-q",
            COPY,
            "-Dartifact=io.apicurio:apicurio-registry-app:" + VERSION + ":tar.gz:all",
            "-DoutputDirectory=" + folder));
    Command.run(folder, List.of("tar", "xzf", file));
    Files.delete(folder.resolve(file));
  }

  private void awaitStart() throws InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/subjects")).build();
    for (int i = 0; i < START_SECONDS * 4; i++) {
      if (!process.isAlive()) {
        break;
      }
      try {
        client.send(request, HttpResponse.BodyHandlers.discarding());
        return;
      } catch (IOException e) {
        Thread.sleep(250); // it does not listen yet
      }
    }
    throw new IllegalStateException(
        "Apicurio does not answer, expected it to within %d s; see target/apicurio-server/server.txt"
            .formatted(START_SECONDS));
  }

  /** Of its API that speaks Confluent's. */
  String url() {
    return address + "/apis/ccompat/v7";
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
