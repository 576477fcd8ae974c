package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.LabelSettings;
import io.millrace.standalone.LogConfig;
import io.millrace.standalone.Platform;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.PlatformSettings;
import io.millrace.standalone.StreamModel;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A platform on a Kafka that asks for TLS and a password: each of its clients brings them. */
class GuardedKafkaTest {
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
          + " password=\"%s\"%s;";

  private static final String RANKING =
      """
      {"context":{"user_id":"user-1","user_segment":"student","device":"phone","hour":12},
       "candidates":[{"features":{"ad_id":"ad-1","advertiser":"a","category":"games","price":9.5}}]}
      """;

  @TempDir private Path folder;

  @Test
  void aClickChangesARankingThroughAKafkaWithTlsAndSasl() throws Exception {
    Path store = keystore();
    int port = freePort();
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(
                    folder.resolve("broker"), EmbeddedKafka.newClusterId(), guarded(store), port)
                .start();
        DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
      assertThatThrownBy(
              () -> Platform.start(directory, on(kafka, clientFile(store, "ann", "wrong"))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("cannot use Kafka at " + kafka.bootstrapServers())
          .hasMessageContaining("Authentication failed: Invalid username or password");
      try (Platform platform =
          Platform.start(directory, on(kafka, clientFile(store, "ann", "secret")))) {
        Api api = new Api(platform.server());
        await().atMost(Duration.ofSeconds(60)).until(() -> rank(api).status() == 200);
        JsonNode first = rank(api).body();
        String click =
            "{\"type\":\"click\",\"impressionId\":\"%s\"}"
                .formatted(first.at("/results/0/impressionId").asText());
        assertThat(api.post("/v1/events", click).body().path("accepted").asInt()).isEqualTo(1);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> rank(api).body().path("version").asLong() > 0);
      }
    }
  }

  private static Api.Answer rank(Api api) throws IOException, InterruptedException {
    return api.post("/v1/rank", RANKING);
  }

  private static PlatformConfig on(EmbeddedKafka kafka, Path clientFile) {
    PlatformSettings local = PlatformSettings.local(0);
    LogConfig log =
        new LogConfig(kafka.bootstrapServers(), Optional.of(clientFile), 0, 1, null, false);
    return PlatformConfig.live(
        new PlatformSettings(local.compute(), local.server(), local.jobs(), log),
        List.of(Scenario.SCHEMA),
        List.of(
            StreamModel.fresh(ModelConfig.defaults(ModelKind.FM, Scenario.MODEL, Scenario.SCHEMA))),
        LabelSettings.DEFAULT.rules());
  }

  private static Map<String, String> guarded(Path store) {
    return Map.of(
        "listener.security.protocol.map",
        "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms",
        "PLAIN",
        "sasl.mechanism.inter.broker.protocol",
        "PLAIN",
        "listener.name.plaintext.plain.sasl.jaas.config",
        LOGIN.formatted("broker", "inner", " user_broker=\"inner\" user_ann=\"secret\""),
        "ssl.keystore.location",
        store.toString(),
        "ssl.keystore.password",
        "storepass",
        "ssl.truststore.location",
        store.toString(),
        "ssl.truststore.password",
        "storepass");
  }

  private Path clientFile(Path store, String user, String password) throws IOException {
    return Files.write(
        folder.resolve("client-" + password + ".properties"),
        List.of(
            "security.protocol=SASL_SSL",
            "sasl.mechanism=PLAIN",
            "sasl.jaas.config=" + LOGIN.formatted(user, password, ""),
            "ssl.truststore.location=" + store,
            "ssl.truststore.password=storepass"));
  }

  private Path keystore() throws IOException, InterruptedException {
    Path store = folder.resolve("broker.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                "storepass",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(output).isZero();
    return store;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
