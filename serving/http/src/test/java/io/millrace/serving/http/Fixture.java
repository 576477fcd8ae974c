package io.millrace.serving.http;

import io.millrace.ranking.ImpressionBuffer;
import io.millrace.ranking.ModelSource;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Servers for tests. */
final class Fixture {
  private Fixture() {}

  /** A server whose Kafka cannot be reached: for everything that needs none. */
  static MillraceServer withoutKafka(ServedFixture.Source... sources) {
    return MillraceServer.start(
        config(Map.of("bootstrap.servers", "127.0.0.1:1"), new InMemorySchemaRegistry(), sources),
        List.of(sources));
  }

  static ServerConfig config(
      Map<String, Object> client, SchemaRegistry registry, ModelSource... sources) {
    return new ServerConfig(
        "127.0.0.1",
        0,
        client,
        Topics.DEFAULT,
        IntStream.range(0, sources.length).mapToObj(i -> sources[i].model()).toList(),
        Path.of("unused"),
        registry,
        Clock.systemUTC(),
        Duration.ofMillis(300),
        Duration.ZERO,
        () ->
            List.of(
                new StatusValue.Figure("ceiling.auc", 0.8), new StatusValue.Text("topAd", "ad-7")),
        RequestLimits.defaults(),
        ImpressionBuffer.defaults(),
        PlatformParts.NONE,
        Set.of());
  }
}
