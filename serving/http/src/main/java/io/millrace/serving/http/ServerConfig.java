package io.millrace.serving.http;

import io.millrace.ranking.ImpressionBuffer;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a server needs to start.
 *
 * @param host the address to listen on, for example 127.0.0.1
 * @param port the port, 0 for a free one
 * @param clientProperties Kafka client properties, at least {@code bootstrap.servers}
 * @param topics the platform's topics
 * @param models the models to serve; the first answers requests that name none
 * @param viewDirectory where the models' parameter views keep their files, one directory each
 * @param registry the schemas of feature records; stays open when the server closes
 * @param clock wall time
 * @param impressionWait how long an answer waits for Kafka to acknowledge its impressions
 * @param warmUp how long a model may be warmed up before the server calls it ready, zero for not at
 *     all
 * @param extraStatus values added to the status
 * @param limits how much is taken on at a time
 * @param impressionBuffer what is kept of impressions that Kafka has not acknowledged
 * @param parts how the parts of the platform around the server are
 * @param allowedOrigins hosts whose pages may use the server from a browser, beside this machine's
 *     and {@code host}'s own
 */
public record ServerConfig(
    String host,
    int port,
    Map<String, Object> clientProperties,
    Topics topics,
    List<String> models,
    Path viewDirectory,
    SchemaRegistry registry,
    Clock clock,
    Duration impressionWait,
    Duration warmUp,
    ExtraStatus extraStatus,
    RequestLimits limits,
    ImpressionBuffer impressionBuffer,
    PlatformParts parts,
    Set<String> allowedOrigins) {

  /** An answer waits this long for its impressions unless told otherwise. */
  public static final Duration DEFAULT_IMPRESSION_WAIT = Duration.ofMillis(250);

  /** A model is warmed up no longer than this unless told otherwise. */
  public static final Duration DEFAULT_WARM_UP = Duration.ofSeconds(10);

  public ServerConfig {
    clientProperties = Map.copyOf(clientProperties);
    models = List.copyOf(models);
    allowedOrigins = Set.copyOf(allowedOrigins);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + ", expected 0 (any free one) to 65535");
    }
    if (models.isEmpty() || new HashSet<>(models).size() != models.size()) {
      throw new IllegalArgumentException(
          "models: " + models + ", expected at least one name and none twice");
    }
    if (impressionWait.isNegative() || impressionWait.isZero()) {
      throw new IllegalArgumentException(
          "impressionWait: " + impressionWait + ", expected a positive duration");
    }
    if (warmUp.isNegative()) {
      throw new IllegalArgumentException(
          "warmUp: " + warmUp + ", expected zero (none) or a positive duration");
    }
    for (String origin : allowedOrigins) {
      if (!origin.matches("[\\w.-]+|\\[[0-9a-fA-F:.]+]")) {
        throw new IllegalArgumentException(
            "allowedOrigins: " + origin + ", expected hosts without scheme and port");
      }
    }
    if (!clientProperties.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException(
          "clientProperties: " + clientProperties.keySet() + ", expected bootstrap.servers");
    }
  }

  /** A server on 127.0.0.1 with the default wait, the system's clock and nothing extra. */
  public static ServerConfig local(
      int port,
      Map<String, Object> clientProperties,
      Topics topics,
      List<String> models,
      Path viewDirectory,
      SchemaRegistry registry) {
    return new ServerConfig(
        "127.0.0.1",
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        Clock.systemUTC(),
        DEFAULT_IMPRESSION_WAIT,
        DEFAULT_WARM_UP,
        ExtraStatus.NONE,
        RequestLimits.defaults(),
        ImpressionBuffer.defaults(),
        PlatformParts.NONE,
        Set.of());
  }

  /** The same with other extra values. */
  public ServerConfig withExtraStatus(ExtraStatus extra) {
    return new ServerConfig(
        host,
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        clock,
        impressionWait,
        warmUp,
        extra,
        limits,
        impressionBuffer,
        parts,
        allowedOrigins);
  }

  /** The same with another limit of the time that a model is warmed up. */
  public ServerConfig withWarmUp(Duration limit) {
    return new ServerConfig(
        host,
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        clock,
        impressionWait,
        limit,
        extraStatus,
        limits,
        impressionBuffer,
        parts,
        allowedOrigins);
  }

  /** The same on another address. */
  public ServerConfig withHost(String other) {
    return new ServerConfig(
        other,
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        clock,
        impressionWait,
        warmUp,
        extraStatus,
        limits,
        impressionBuffer,
        parts,
        allowedOrigins);
  }

  /** The same with other limits of what is taken on. */
  public ServerConfig withLimits(RequestLimits other) {
    return new ServerConfig(
        host,
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        clock,
        impressionWait,
        warmUp,
        extraStatus,
        other,
        impressionBuffer,
        parts,
        allowedOrigins);
  }

  /** The same with another time that an answer waits for its impressions. */
  public ServerConfig withImpressionWait(Duration wait) {
    return new ServerConfig(
        host,
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        clock,
        wait,
        warmUp,
        extraStatus,
        limits,
        impressionBuffer,
        parts,
        allowedOrigins);
  }

  /** The same with another buffer of impressions. */
  public ServerConfig withImpressionBuffer(ImpressionBuffer buffer) {
    return new ServerConfig(
        host,
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        clock,
        impressionWait,
        warmUp,
        extraStatus,
        limits,
        buffer,
        parts,
        allowedOrigins);
  }

  /** The same with parts around the server. */
  public ServerConfig withParts(PlatformParts platform) {
    return new ServerConfig(
        host,
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        clock,
        impressionWait,
        warmUp,
        extraStatus,
        limits,
        impressionBuffer,
        platform,
        allowedOrigins);
  }

  /** The same with other hosts whose pages may use the server. */
  public ServerConfig withAllowedOrigins(Set<String> hosts) {
    return new ServerConfig(
        host,
        port,
        clientProperties,
        topics,
        models,
        viewDirectory,
        registry,
        clock,
        impressionWait,
        warmUp,
        extraStatus,
        limits,
        impressionBuffer,
        parts,
        hosts);
  }
}
