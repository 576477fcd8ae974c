package io.millrace.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
  private enum Engine {
    KERNELS,
    DJL
  }

  private record Shape(int width, List<Integer> hidden, String outcome) {}

  private record Model(Optional<String> kind, Others<Shape> others) {}

  private record Limits(int bodyBytes, long bytesInFlight) {}

  private record Server(int port, Duration warmUp, Set<String> origins, Limits limits) {
    Server {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + ", expected 0 to 65535");
      }
      if (warmUp.toHours() > 1) {
        throw new IllegalArgumentException(
            "server.warmUp: " + warmUp + ", expected an hour at most");
      }
      if (port == 1 && origins.size() == 1) {
        throw new IllegalArgumentException("no origins with port 1");
      }
    }
  }

  private record Process(
      Engine engine,
      Optional<Path> schema,
      double share,
      boolean eager,
      @Nullable String password,
      Map<String, Duration> outcomes,
      Server server,
      Model model) {}

  private static final Process DEFAULTS =
      new Process(
          Engine.KERNELS,
          Optional.empty(),
          0.5,
          false,
          null,
          Map.of(),
          new Server(8080, Duration.ofSeconds(10), Set.of(), new Limits(1 << 20, 1 << 22)),
          new Model(Optional.empty(), Others.none()));

  @TempDir private Path folder;

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("up.yaml"), yaml);
  }

  private Process read(String yaml) throws IOException {
    return new SettingsReader<>(DEFAULTS).file(file(yaml)).read();
  }

  private static Process variable(String name, String value) {
    return new SettingsReader<>(DEFAULTS)
        .environment(Map.of(name, value, "PATH", "/bin"), Set.of("MILLRACE_HEAP"))
        .read();
  }

  private static Process option(String key, String value, String option) {
    Overrides overrides = new Overrides();
    overrides.set(key, value, option);
    return new SettingsReader<>(DEFAULTS).options(overrides).read();
  }

  private void refused(ThrowingCallable reading, String message) {
    assertThatThrownBy(reading)
        .isInstanceOf(SettingsException.class)
        .extracting(e -> String.valueOf(e.getMessage()).replace(folder + "/", ""))
        .isEqualTo(message);
  }

  @Test
  void whatIsNotGivenIsAsInTheDefaults() throws IOException {
    assertThat(new SettingsReader<>(DEFAULTS).read().server()).isEqualTo(DEFAULTS.server());
    Process some = read("server: {port: 9000}\nmodel:\n  # kind: fm\n");
    assertThat(some.server())
        .isEqualTo(
            new Server(9000, DEFAULTS.server().warmUp(), Set.of(), DEFAULTS.server().limits()));
    assertThat(some.model().kind()).isEmpty();
  }

  @Test
  void optionsStandOverVariablesAndTheseOverTheFile() throws IOException {
    Path file = file("server: {port: 1, warmUp: 1s, limits: {bodyBytes: 1}}\n");
    Map<String, String> variables =
        Map.of("MILLRACE_SERVER_PORT", "2", "MILLRACE_SERVER_WARM_UP", "2s");
    Overrides options = new Overrides();
    options.set("server.port", "3", "--port");
    Server server =
        new SettingsReader<>(DEFAULTS)
            .file(file)
            .environment(variables, Set.of())
            .options(options)
            .read()
            .server();
    assertThat(server.port()).isEqualTo(3);
    assertThat(server.warmUp()).isEqualTo(Duration.ofSeconds(2));
    assertThat(server.limits().bodyBytes()).isEqualTo(1);
    assertThat(server.limits().bytesInFlight()).isEqualTo(1 << 22);
  }

  @Test
  void readsEachTypeOfValue() throws IOException {
    Process all =
        read(
            """
            engine: DJL
            schema: a/b.avsc
            share: 1e-3
            eager: true
            outcomes: {sale: 7d, cart: 30m}
            server:
              warmUp: 250ms
              origins: [a.example, b.example]
              limits: {bodyBytes: 64 MiB, bytesInFlight: 3GiB}
            """);
    assertThat(all.engine()).isEqualTo(Engine.DJL);
    assertThat(all.schema()).contains(Path.of("a", "b.avsc"));
    assertThat(all.share()).isEqualTo(1e-3);
    assertThat(all.eager()).isTrue();
    assertThat(all.outcomes())
        .isEqualTo(Map.of("sale", Duration.ofDays(7), "cart", Duration.ofMinutes(30)));
    assertThat(all.server().warmUp()).isEqualTo(Duration.ofMillis(250));
    assertThat(all.server().origins()).containsExactly("a.example", "b.example");
    assertThat(all.server().limits()).isEqualTo(new Limits(64 << 20, 3L << 30));

    assertThat(variable("MILLRACE_SERVER_ORIGINS", "a.example, b.example").server().origins())
        .containsExactly("a.example", "b.example");
    assertThat(variable("MILLRACE_OUTCOMES", "{sale: 7d}").outcomes())
        .isEqualTo(Map.of("sale", Duration.ofDays(7)));
  }

  @Test
  void anUnknownKeyIsNamedWithItsPlaceAndTheNearest() {
    refused(
        () -> read("engine: djl\nserver:\n  prot: 1\n"),
        "up.yaml line 3: server.prot is unknown, did you mean 'port'?");
    refused(
        () -> read("sever: {port: 1}\n"),
        "up.yaml line 1: sever is unknown, did you mean 'server'?");
    refused(
        () -> read("bodyBytes: 1\n"),
        "up.yaml line 1: bodyBytes is unknown, did you mean 'server.limits.bodyBytes'?");
    refused(
        () -> read("model: {widht: 3}\n"),
        "up.yaml line 1: model.widht is unknown, did you mean 'width'?");
    refused(
        () -> variable("MILLRACE_SERVER_PROT", "hunter2"),
        "environment variable MILLRACE_SERVER_PROT is unknown, did you mean"
            + " 'MILLRACE_SERVER_PORT'?");
    refused(
        () -> variable("MILLRACE_HAEP", "1g"),
        "environment variable MILLRACE_HAEP is unknown, did you mean 'MILLRACE_HEAP'?");
    refused(
        () -> option("server.pot", "1", "--set"),
        "--set: server.pot is unknown, did you mean 'port'?");
  }

  @Test
  void aWrongValueIsNamedWithItsPlaceAndWhatWasExpected() {
    refused(
        () -> read("\nserver: {port: 80x}\n"),
        "up.yaml line 2: server.port: 80x, expected a whole number");
    refused(() -> variable("MILLRACE_SHARE", "1d"), "MILLRACE_SHARE: 1d, expected a number");
    refused(
        () -> option("server.warmUp", "10", "--warm-up"),
        "--warm-up: 10, expected a whole number with a unit, as 250ms, 90s, 10m, 12h or 7d");
    refused(
        () -> read("server:\n  limits:\n    bodyBytes: 3 GB\n"),
        "up.yaml line 3: server.limits.bodyBytes: 3 GB, expected a whole number of bytes, or one"
            + " with a unit, as 512 KiB, 64 MiB");
    refused(
        () -> read("server: {limits: {bodyBytes: 3 GiB}}\n"),
        "up.yaml line 1: server.limits.bodyBytes: 3 GiB, expected a whole number of bytes, or one"
            + " with a unit, as 512 KiB, 64 MiB");
    refused(
        () -> read("engine: kernel\n"),
        "up.yaml line 1: engine: kernel, expected one of kernels, djl, did you mean 'kernels'?");
    refused(() -> read("eager: yes\n"), "up.yaml line 1: eager: yes, expected true or false");
    refused(
        () -> read("server: 3\n"), "up.yaml line 1: server: 3, expected keys with values below it");
    refused(
        () -> read("engine: {}\n"),
        "up.yaml line 1: engine: keys with values, expected one of kernels, djl");
    refused(
        () -> read("engine:\n"), "up.yaml line 1: engine: no value, expected one of kernels, djl");
    refused(
        () -> read("outcomes:\n  sale: 7\n"),
        "up.yaml line 2: outcomes.sale: 7, expected a whole number with a unit, as 250ms, 90s, 10m,"
            + " 12h or 7d");
  }

  @Test
  void aWrongValueThatAnOptionSetsAgainIsWrongAllTheSame() throws IOException {
    Path file = file("server: {port: many}\n");
    Overrides options = new Overrides();
    options.set("server.port", "3", "--port");
    refused(
        () -> new SettingsReader<>(DEFAULTS).file(file).options(options).read(),
        "up.yaml line 1: server.port: many, expected a whole number");
  }

  @Test
  void whatARecordRefusesIsNamedWithItsPlace() {
    refused(
        () -> read("engine: djl\nserver:\n  port: 70000\n"),
        "up.yaml line 3: server.port: 70000, expected 0 to 65535");
    refused(() -> option("server.port", "-1", "--port"), "--port: -1, expected 0 to 65535");
    refused(
        () -> read("server: {warmUp: 36h}\n"),
        "up.yaml line 1: server.warmUp: 36h, expected an hour at most");
    refused(
        () -> read("server: {port: 1, origins: a}\n"),
        "up.yaml line 1: server: no origins with port 1");
  }

  @Test
  void aSecretIsNotShown() {
    refused(
        () -> read("password: [hunter2]\n"),
        "up.yaml line 1: password: (its value is not shown), expected a text");
  }

  @Test
  void aFileThatIsNoneSaysSo() {
    refused(
        () -> new SettingsReader<>(DEFAULTS).file(folder.resolve("no.yaml")),
        "cannot read no.yaml: there is no such file");
    refused(
        () -> read(""),
        "up.yaml has no settings, expected keys with values, as 'server: {port: 8080}'");
    refused(
        () -> read("server:\n\tport: 1\n"),
        "up.yaml line 2: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not"
            + " use \\t(TAB) for indentation)");
    refused(
        () -> read("server: {port: 1}\nserver: {warmUp: 1s}\n"),
        "up.yaml line 2: server: given before, at up.yaml line 1, expected it once");
    refused(
        () -> read("engine: &e djl\nschema: *e\n"),
        "up.yaml line 2: an alias of YAML ('*…'), expected the value itself");
    refused(
        () -> read("engine: djl\n---\nengine: djl\n"),
        "up.yaml line 3: a second YAML document, expected one");
  }

  @Test
  void keysOfAnotherRecordAreKeptLayerByLayer() throws IOException {
    Path file = file("model:\n  kind: fm\n  width: 3\n  hidden: [1, 2]\n");
    Overrides options = new Overrides();
    options.setYaml("model", "{\"width\": 4}", "--set");
    Model model =
        new SettingsReader<>(DEFAULTS)
            .file(file)
            .environment(
                Map.of("MILLRACE_MODEL_HIDDEN", "[5]", "MILLRACE_MODEL_OUTCOME", "sale"), Set.of())
            .options(options)
            .read()
            .model();
    assertThat(model.kind()).contains("fm");
    assertThat(model.others().layers())
        .extracting(Object::toString)
        .containsExactly(
            "{\"width\":3,\"hidden\":[1,2]}",
            "{\"hidden\":[5]}",
            "{\"outcome\":\"sale\"}",
            "{\"width\":4}");
    assertThat(model.others().text("width")).contains("4");
    assertThat(model.others().text("nothing")).isEmpty();
    refused(
        () -> {
          throw model.others().wrong(List.of("hidden", "1"), "2, expected 3");
        },
        "MILLRACE_MODEL_HIDDEN: model.hidden.1: 2, expected 3");
  }

  @Test
  void allKeysAreListedWithVariableDefaultAndExpectation() {
    assertThat(Keys.of(DEFAULTS))
        .extracting(
            key ->
                key.path()
                    + " "
                    + key.variable()
                    + " = "
                    + key.defaultText().orElse("none")
                    + " | "
                    + key.expectation())
        .startsWith(
            "engine MILLRACE_ENGINE = kernels | one of kernels, djl",
            "schema MILLRACE_SCHEMA = none | a file or folder",
            "share MILLRACE_SHARE = 0.5 | a number")
        .contains(
            "server.limits.bodyBytes MILLRACE_SERVER_LIMITS_BODY_BYTES = 1 MiB | a whole number of"
                + " bytes, or one with a unit, as 512 KiB, 64 MiB",
            "server.warmUp MILLRACE_SERVER_WARM_UP = 10s | a whole number with a unit, as 250ms,"
                + " 90s, 10m, 12h or 7d",
            "model.kind MILLRACE_MODEL_KIND = none | a text",
            "model.width MILLRACE_MODEL_WIDTH = none | a whole number")
        .hasSize(15);
  }
}
