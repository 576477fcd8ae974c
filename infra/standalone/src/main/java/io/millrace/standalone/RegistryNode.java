package io.millrace.standalone;

import io.millrace.registry.RegistryService;
import io.millrace.registry.http.RegistryServer;
import io.millrace.registry.http.RegistryServerConfig;
import io.millrace.schema.SchemaRegistryException;
import io.millrace.schema.SchemaRules;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** A schema registry that serves: alone, or beside others on the same topic. */
public final class RegistryNode implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final RegistryService registry;
  private final RegistryServer server;
  private final URI address;

  private RegistryNode(RegistryService registry, RegistryServer server, URI address) {
    this.registry = registry;
    this.server = server;
    this.address = address;
  }

  /**
   * Starts a node, and returns once it knows everything that was registered and listens.
   *
   * @param client properties of Kafka clients; the topic is created if it is not there
   * @throws UserError if Kafka can't be reached, or the port can't be used
   */
  public static RegistryNode start(
      RegistryServerConfig config,
      Map<String, Object> client,
      Topics topics,
      int replication,
      SchemaRules rules) {
    try {
      TopicAdmin.createSchemas(client, topics, replication);
    } catch (RuntimeException e) {
      throw new UserError(
          "cannot use Kafka at %s: %s"
              .formatted(client.get("bootstrap.servers"), e.getCause() == null ? e : e.getCause()));
    }
    RegistryService registry =
        RegistryService.onKafka(client, topics.schemas(), Clock.systemUTC(), PATIENCE, rules);
    try {
      registry.catchUp();
      RegistryServer server = RegistryServer.start(config, registry);
      String scheme = config.tls().isPresent() ? "https" : "http";
      return new RegistryNode(
          registry,
          server,
          URI.create("%s://%s:%d".formatted(scheme, config.host(), server.port())));
    } catch (SchemaRegistryException e) {
      registry.close();
      throw new UserError("cannot read topic %s: %s".formatted(topics.schemas(), e.getMessage()));
    } catch (RuntimeException e) {
      registry.close();
      throw new UserError(
          "cannot listen on %s:%d: %s; choose another port, or look at the certificate"
              .formatted(config.host(), config.port(), e.getCause() == null ? e : e.getCause()));
    }
  }

  /** Where it listens. */
  public URI address() {
    return address;
  }

  @Override
  public void close() {
    server.close();
    registry.close();
  }
}
