package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.registry.RegistryService;
import io.millrace.schema.SchemaRules;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryMetricsTest {
  private static final String COUNT = "millrace_registry_request_duration_seconds_count";

  @TempDir Path directory;
  private RegistryService registry;
  private RegistryServer server;
  private Http http;

  @BeforeEach
  void start() {
    registry = RegistryService.inMemory(SchemaRules.NONE);
    server = RegistryServer.start(RegistryServerConfig.local(0), registry);
    http = new Http(server.port());
  }

  @AfterEach
  void stop() {
    server.close();
    registry.close();
  }

  @Test
  void requestsAreCountedByRouteAndStatusHoweverManyNamesThereAre() {
    http.register("a", "\"int\"");
    http.register("b", "\"int\"");
    http.get("/subjects/c/versions");
    http.get("/nowhere");
    await()
        .untilAsserted(
            () ->
                assertThat(http.get("/metrics").body())
                    .contains(
                        sample("POST", "/subjects/{subject}/versions", 200) + " 2\n",
                        sample("GET", "/subjects/{subject}/versions", 404) + " 1\n",
                        sample("GET", "/*", 404) + " 1\n",
                        "millrace_registry_connections 1.0\n"));
  }

  private static String sample(String method, String route, int status) {
    return "%s{method=\"%s\",route=\"%s\",status=\"%d\"}".formatted(COUNT, method, route, status);
  }

  @Test
  void promtoolFindsNothing() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
        "no promtool on the PATH (Debian's package prometheus has it)");
    http.get("/subjects");
    await().until(() -> http.get("/metrics").body().contains(COUNT));
    Path file = Files.writeString(directory.resolve("metrics"), http.get("/metrics").body());
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectErrorStream(true)
            .redirectInput(file.toFile())
            .start();
    assertThat(new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    assertThat(promtool.waitFor()).isZero();
  }
}
