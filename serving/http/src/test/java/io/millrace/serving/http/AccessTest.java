package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.access.Role;
import io.millrace.access.Users;
import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in, for each role and route. */
@SuppressWarnings("NullAway.Init") // set before all tests
class AccessTest {
  @TempDir static Path directory;
  private static MillraceServer server;
  private static Http http;

  @BeforeAll
  static void start() throws Exception {
    Path users =
        Files.write(
            directory.resolve("users"),
            List.of(
                Users.line("read", "read", "r"),
                Users.line("write", "write", "w"),
                Users.line("admin", "admin", "a")));
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("ctr", ModelKind.FM, 42));
    ServerConfig config =
        Fixture.config(
                Map.of("bootstrap.servers", "127.0.0.1:1"), new InMemorySchemaRegistry(), source)
            .withSettings(settings -> settings.withUsers(Optional.of(users)));
    server = MillraceServer.start(config, List.of(source));
    http = Http.to(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> ask(Route route, @Nullable String credentials)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:" + server.port() + route.path().replaceAll("[{}]", "")))
            .method(route.method().name(), HttpRequest.BodyPublishers.ofString("{}"));
    if (credentials != null) {
      request.header(
          "authorization",
          "Basic "
              + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
    }
    return http.client().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void nobodyIsAnsweredWithoutAPasswordButAtHealth() throws Exception {
    for (Route route : server.routes().all()) {
      for (String wrong : new String[] {null, "read:w", "nobody:r", "read"}) {
        HttpResponse<String> answer = ask(route, wrong);
        if (route.path().equals("/health")) {
          assertThat(answer.statusCode()).isEqualTo(200);
        } else {
          assertThat(answer.statusCode()).as(route.path()).isEqualTo(401);
          assertThat(answer.headers().firstValue("www-authenticate"))
              .hasValue("Basic realm=\"millrace\"");
          assertThat(answer.body()).contains("expected a name and a password");
        }
      }
    }
  }

  @Test
  void eachRoleMayDoWhatItIsFor() throws Exception {
    for (Route route : server.routes().all()) {
      if (route.path().startsWith("/sub/") || route.path().equals("/ofrep/v1/events")) {
        continue; // an answer without an end, for the role of all looks at the server
      }
      for (Role role : Role.values()) {
        String name = role.word();
        HttpResponse<String> answer = ask(route, name + ":" + name.charAt(0));
        Role needed = route.role();
        if (needed == null || role.includes(needed)) {
          assertThat(answer.statusCode()).as(route.path()).isNotIn(401, 403);
        } else {
          assertThat(answer.statusCode()).as(route.path()).isEqualTo(403);
          assertThat(answer.body())
              .contains(
                  "%s %s needs the role %s."
                      .formatted(route.method(), route.path(), needed.word()));
        }
      }
    }
  }

  @Test
  void eventsAreWrittenModelsAndExperimentsAreAdministeredAndAllElseIsRead() {
    for (Route route : server.routes().all()) {
      String asked = route.method() + " " + route.path();
      Role expected =
          switch (asked) {
            case "GET /health" -> null;
            case "POST /v1/events", "POST /v1/experiments/exposures" -> Role.WRITE;
            case "POST /v1/models", "POST /v1/models/state", "POST /v1/aliases" -> Role.ADMIN;
            case "POST /v1/experiments",
                "POST /v1/experiments/state",
                "POST /v1/experiments/ramp" ->
                Role.ADMIN;
            default -> Role.READ;
          };
      assertThat(route.role()).as(asked).isEqualTo(expected);
    }
  }

  @Test
  void otherMachinesNeedUsers() {
    assertThatThrownBy(() -> ServerSettings.defaults().withHost("0.0.0.0"))
        .hasMessage(
            "host: 0.0.0.0, expected an address of this machine alone, such as 127.0.0.1, where"
                + " users are not set");
    assertThat(
            ServerSettings.defaults()
                .with(same -> same.host("0.0.0.0").users(Optional.of(Path.of("users"))))
                .host())
        .isEqualTo("0.0.0.0");
  }
}
