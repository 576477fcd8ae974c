package io.millrace.serving.http;

import io.millrace.model.Engine;
import io.millrace.ranking.ModelSource;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    ServerSettings settings =
        ServerSettings.defaults()
            .withPort(0)
            .withImpressionWait(Duration.ofMillis(300))
            .withWarmUp(Duration.ZERO);
    ServerWiring wiring =
        ServerWiring.of(client, Topics.DEFAULT, Path.of("unused"), registry)
            .withExtraStatus(
                () ->
                    List.of(
                        new StatusValue.Figure("ceiling.auc", 0.8),
                        new StatusValue.Text("topAd", "ad-7")));
    List<String> models =
        IntStream.range(0, sources.length).mapToObj(i -> sources[i].model()).toList();
    return new ServerConfig(settings, models, Engine.KERNELS, wiring);
  }
}
