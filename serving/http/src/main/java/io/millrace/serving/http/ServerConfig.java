package io.millrace.serving.http;

import io.millrace.deployment.DeploymentLog;
import io.millrace.experiment.ExperimentLog;
import io.millrace.model.Engine;
import io.millrace.ranking.ImpressionBuffer;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a server needs to start.
 *
 * @param settings what a user sets
 * @param models the models to serve; the first answers requests that name none
 * @param engine what computes them
 * @param wiring what it is connected to
 */
@RecordBuilder
public record ServerConfig(
    ServerSettings settings, List<String> models, Engine engine, ServerWiring wiring)
    implements ServerConfigBuilder.With {

  public ServerConfig {
    models = List.copyOf(models);
    if (models.isEmpty() || new HashSet<>(models).size() != models.size()) {
      throw new IllegalArgumentException(
          "models: " + models + ", expected at least one name and none twice");
    }
    for (String model : settings.rowFormats().keySet()) {
      // Where models come and go, one may be named that is not there yet.
      if (wiring.deployments().isEmpty() && !models.contains(model)) {
        throw new IllegalArgumentException(
            "server.rowFormats: " + model + ", expected models that are served: " + models);
      }
    }
  }

  /** A server on 127.0.0.1 with the default settings, the kernels and nothing extra. */
  public static ServerConfig local(
      int port,
      Map<String, Object> clientProperties,
      Topics topics,
      List<String> models,
      Path viewDirectory,
      SchemaRegistry registry) {
    return new ServerConfig(
        ServerSettings.defaults().withPort(port),
        models,
        Engine.KERNELS,
        ServerWiring.of(clientProperties, topics, viewDirectory, registry));
  }

  /** The same with changed settings. */
  public ServerConfig withSettings(UnaryOperator<ServerSettings> change) {
    return withSettings(change.apply(settings));
  }

  /** The same with a changed wiring. */
  public ServerConfig withWiring(UnaryOperator<ServerWiring> change) {
    return withWiring(change.apply(wiring));
  }

  public String host() {
    return settings.host();
  }

  public int port() {
    return settings.port();
  }

  public Duration impressionWait() {
    return settings.impressionWait();
  }

  public Duration warmUp() {
    return settings.warmUp();
  }

  public Set<String> allowedOrigins() {
    return settings.allowedOrigins();
  }

  public List<String> subjects() {
    return settings.subjects();
  }

  public RequestLimits limits() {
    return settings.limits();
  }

  public ImpressionBuffer impressionBuffer() {
    return settings.impressionBuffer();
  }

  public Map<String, Object> clientProperties() {
    return wiring.clientProperties();
  }

  public Topics topics() {
    return wiring.topics();
  }

  public Path viewDirectory() {
    return wiring.viewDirectory();
  }

  public SchemaRegistry registry() {
    return wiring.registry();
  }

  public Set<String> outcomes() {
    return wiring.outcomes();
  }

  public Optional<DeploymentLog> deployments() {
    return wiring.deployments();
  }

  public Optional<ExperimentLog> experiments() {
    return wiring.experiments();
  }

  public Clock clock() {
    return wiring.clock();
  }

  public ExtraStatus extraStatus() {
    return wiring.extraStatus();
  }

  public PlatformParts parts() {
    return wiring.parts();
  }
}
