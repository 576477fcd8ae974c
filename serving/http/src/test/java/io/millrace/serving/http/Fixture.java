package io.millrace.serving.http;

import io.millrace.deployment.Alias;
import io.millrace.deployment.DeploymentChange;
import io.millrace.deployment.DeploymentLog;
import io.millrace.deployment.DeploymentState;
import io.millrace.deployment.Made;
import io.millrace.deployment.Origin;
import io.millrace.experiment.ExperimentLog;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.Engine;
import io.millrace.ranking.ModelSource;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** The log that says that these models learn, and that the first is the live one. */
  private static DeploymentLog deployments(ModelSource... sources) {
    DeploymentLog log = DeploymentLog.inMemory();
    Made made = new Made("test", Instant.EPOCH);
    for (ModelSource source : sources) {
      ModelConfig config =
          source
              .current()
              .map(version -> ModelConfig.fromJson(version.manifest().getModelConfig()))
              .orElseGet(
                  () -> ModelConfig.defaults(ModelKind.LR, source.model(), ServedFixture.SCHEMA));
      var unused =
          log.change(
              view ->
                  Optional.of(
                      new DeploymentChange.Add(
                          config, new Origin.Anew(), DeploymentState.LEARNING, made)),
              false);
    }
    var unused =
        log.change(
            view -> Optional.of(new DeploymentChange.Point(Alias.LIVE, sources[0].model(), made)),
            false);
    return log;
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
            .withDeployments(Optional.of(deployments(sources)))
            .withExperiments(Optional.of(ExperimentLog.inMemory()))
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
