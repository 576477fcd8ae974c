package io.millrace.serving.http;

import io.millrace.deployment.DeploymentLog;
import io.millrace.experiment.ExperimentLog;
import io.millrace.learner.ModelConfig;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.EventRules;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a server is connected to: nothing that a user sets.
 *
 * @param clientProperties Kafka client properties, at least {@code bootstrap.servers}
 * @param topics the platform's topics
 * @param viewDirectory where the models' parameter views keep their files, one directory each
 * @param registry the schemas of feature records; stays open when the server closes
 * @param outcomes by name, what the platform joins with impressions
 * @param deployments which models there should be, followed from the start on; empty for those of
 *     the configuration alone. It stays open when the server closes
 * @param experiments which experiments there are, followed from the start on; empty for none. It
 *     stays open when the server closes
 * @param objection why a model of given settings can't run on the platform, in words
 * @param clock wall time
 * @param extraStatus values added to the status
 * @param parts how the parts of the platform around the server are
 */
@RecordBuilder
public record ServerWiring(
    Map<String, Object> clientProperties,
    Topics topics,
    Path viewDirectory,
    SchemaRegistry registry,
    Set<String> outcomes,
    Optional<DeploymentLog> deployments,
    Optional<ExperimentLog> experiments,
    Function<ModelConfig, Optional<String>> objection,
    Clock clock,
    ExtraStatus extraStatus,
    PlatformParts parts)
    implements ServerWiringBuilder.With {

  public ServerWiring {
    clientProperties = Map.copyOf(clientProperties);
    outcomes = Set.copyOf(outcomes);
    if (!clientProperties.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException(
          "clientProperties: " + clientProperties.keySet() + ", expected bootstrap.servers");
    }
  }

  /** With clicks, the system's clock and nothing extra. */
  public static ServerWiring of(
      Map<String, Object> clientProperties,
      Topics topics,
      Path viewDirectory,
      SchemaRegistry registry) {
    return new ServerWiring(
        clientProperties,
        topics,
        viewDirectory,
        registry,
        Set.of(EventRules.CLICK),
        Optional.empty(),
        Optional.empty(),
        config -> Optional.empty(),
        Clock.systemUTC(),
        ExtraStatus.NONE,
        PlatformParts.NONE);
  }
}
