package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.embedding.RowFormat;
import io.millrace.model.Engine;
import io.millrace.ranking.ImpressionBuffer;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerConfigTest {

  @Test
  void hasTheseDefaults() {
    ServerConfig config = local(8080, List.of("a"), Map.of("bootstrap.servers", "k:1"));
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.impressionWait()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.warmUp()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.extraStatus().values()).isEmpty();
    assertThat(config.withSettings(s -> s.withHost("127.0.0.2")).host()).isEqualTo("127.0.0.2");
    assertThat(config.engine()).isEqualTo(Engine.KERNELS);
    assertThat(config.parts().parts()).isEmpty();
    assertThat(config.allowedOrigins()).isEmpty();
    assertThat(config.impressionBuffer().keptFor()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.impressionBuffer().whenFull()).isEqualTo(ImpressionBuffer.WhenFull.UNLOGGED);
    assertThat(config.limits()).isEqualTo(RequestLimits.defaults());
    assertThat(RequestLimits.of(1L << 30, 2))
        .isEqualTo(
            new RequestLimits(
                1 << 20,
                4_000_000,
                16 << 20,
                64 << 20,
                1024,
                500_000,
                2,
                Duration.ofSeconds(10),
                4096,
                16 << 10,
                Duration.ofSeconds(10),
                Duration.ofSeconds(15)));
  }

  @Test
  void rowsOfAModelAreInItsFormat() {
    ServerSettings settings =
        ServerSettings.defaults()
            .withRowFormat(RowFormat.FP16)
            .withRowFormats(Map.of("b", RowFormat.INT4));
    assertThat(settings.rowFormatOf("a")).isEqualTo(RowFormat.FP16);
    assertThat(settings.rowFormatOf("b")).isEqualTo(RowFormat.INT4);
    Map<String, Object> client = Map.of("bootstrap.servers", "k:1");
    assertThat(local(0, List.of("a", "b"), client).withSettings(settings).settings())
        .isEqualTo(settings);
    assertThatThrownBy(() -> local(0, List.of("a", "c"), client).withSettings(settings))
        .hasMessage("server.rowFormats: b, expected models that are served: [a, c]");
  }

  @Test
  void namesWhatIsWrong() {
    Map<String, Object> client = Map.of("bootstrap.servers", "k:1");
    assertThatThrownBy(() -> local(70_000, List.of("a"), client)).hasMessageContaining("70000");
    assertThatThrownBy(() -> local(0, List.of(), client)).hasMessageContaining("at least one");
    assertThatThrownBy(() -> local(0, List.of("a", "a"), client)).hasMessageContaining("twice");
    assertThatThrownBy(() -> local(0, List.of("a"), Map.of("client.id", "x")))
        .hasMessageContaining("bootstrap.servers");
    ServerSettings config = ServerSettings.defaults();
    assertThatThrownBy(() -> config.withWarmUp(Duration.ofSeconds(-1)))
        .hasMessage("warmUp: PT-1S, expected zero (none) or a positive duration");
    assertThatThrownBy(() -> config.withImpressionWait(Duration.ZERO))
        .hasMessage("impressionWait: PT0S, expected a positive duration");
    assertThatThrownBy(() -> config.withAllowedOrigins(Set.of("https://shop.example")))
        .hasMessageContaining("https://shop.example, expected hosts without scheme and port");
    RequestLimits limits = RequestLimits.defaults();
    assertThatThrownBy(() -> limits.withWorkers(0)).hasMessage("workers: 0, expected at least 1");
    assertThatThrownBy(() -> limits.withDeadline(Duration.ZERO))
        .hasMessage("deadline: PT0S, expected at least a millisecond");
    assertThatThrownBy(() -> limits.withInFlight(1000, 1, 10_000))
        .hasMessage("bytesInFlight: 1000, expected at least twice bodyBytes, 2097152");
    assertThatThrownBy(() -> limits.withInFlight(1 << 22, 1, 9_999))
        .hasMessageContaining("candidatesInFlight: 9999");
    assertThatThrownBy(
            () ->
                new ImpressionBuffer(
                    1, 1, Duration.ofMillis(999), ImpressionBuffer.WhenFull.REFUSE))
        .hasMessageContaining("keptFor: PT0.999S");
  }

  @Test
  void startingOnATakenPortFails() throws Exception {
    ServedFixture.Source source = new ServedFixture.Source("m");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerConfig config =
          local(taken.getLocalPort(), List.of("m"), Map.of("bootstrap.servers", "127.0.0.1:1"));
      assertThatThrownBy(
              () ->
                  MillraceServer.start(
                      config.withSettings(s -> s.withHost("127.0.0.1")), List.of(source)))
          .hasStackTraceContaining("Address already in use");
    }
  }

  private static ServerConfig local(int port, List<String> models, Map<String, Object> client) {
    return ServerConfig.local(
        port, client, Topics.DEFAULT, models, Path.of("unused"), new InMemorySchemaRegistry());
  }
}
