package io.millrace.serving.http;

import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a server is connected to: nothing that a user sets.
 *
 * @param clientProperties Kafka client properties, at least {@code bootstrap.servers}
 * @param topics the platform's topics
 * @param viewDirectory where the models' parameter views keep their files, one directory each
 * @param registry the schemas of feature records; stays open when the server closes
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
    Clock clock,
    ExtraStatus extraStatus,
    PlatformParts parts)
    implements ServerWiringBuilder.With {

  public ServerWiring {
    clientProperties = Map.copyOf(clientProperties);
    if (!clientProperties.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException(
          "clientProperties: " + clientProperties.keySet() + ", expected bootstrap.servers");
    }
  }

  /** With the system's clock and nothing extra. */
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
        Clock.systemUTC(),
        ExtraStatus.NONE,
        PlatformParts.NONE);
  }
}
