package io.millrace.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.Topics;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerConfigTest {

  @Test
  void hasTheseDefaults() {
    ServerConfig config = local(8080, List.of("a"), Map.of("bootstrap.servers", "k:1"));
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.impressionWait()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.warmUp()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.extraStatus().values()).isEmpty();
    assertThat(config.withHost("0.0.0.0").host()).isEqualTo("0.0.0.0");
  }

  @Test
  void namesWhatIsWrong() {
    Map<String, Object> client = Map.of("bootstrap.servers", "k:1");
    assertThatThrownBy(() -> local(70_000, List.of("a"), client)).hasMessageContaining("70000");
    assertThatThrownBy(() -> local(0, List.of(), client)).hasMessageContaining("at least one");
    assertThatThrownBy(() -> local(0, List.of("a", "a"), client)).hasMessageContaining("twice");
    assertThatThrownBy(() -> local(0, List.of("a"), Map.of("client.id", "x")))
        .hasMessageContaining("bootstrap.servers");
    ServerConfig config = local(0, List.of("a"), client);
    assertThatThrownBy(() -> config.withWarmUp(Duration.ofSeconds(-1)))
        .hasMessage("warmUp: PT-1S, expected zero (none) or a positive duration");
  }

  @Test
  void startingOnATakenPortFails() throws Exception {
    Fixture.Source source = new Fixture.Source("m");
    try (ServerSocket taken = new ServerSocket(0)) {
      ServerConfig config =
          local(taken.getLocalPort(), List.of("m"), Map.of("bootstrap.servers", "127.0.0.1:1"));
      assertThatThrownBy(() -> MillraceServer.start(config.withHost("0.0.0.0"), List.of(source)))
          .hasStackTraceContaining("Address already in use");
    }
  }

  private static ServerConfig local(int port, List<String> models, Map<String, Object> client) {
    return ServerConfig.local(
        port, client, Topics.DEFAULT, models, Path.of("unused"), new InMemorySchemaRegistry());
  }
}
