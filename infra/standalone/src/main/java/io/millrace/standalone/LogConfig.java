package io.millrace.standalone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The log that a platform lives on.
 *
 * @param bootstrap bootstrap servers of a Kafka that runs elsewhere; without it one is started in
 *     this process
 * @param clientConfig properties file with what clients of that Kafka need beside (TLS, SASL)
 * @param port of the Kafka in this process; 0 for the one that the data directory remembers, at
 *     first a free one
 * @param replication copies of each partition that is created
 * @param retention how long impressions, clicks, examples and rejected events are kept; without it
 *     as long as their topics say, by Kafka's default seven days
 * @param acceptLostEvents whether to go on with what there is where events that were to be read
 *     next are gone
 */
public record LogConfig(
    @Nullable String bootstrap,
    Optional<Path> clientConfig,
    int port,
    int replication,
    @Nullable Duration retention,
    boolean acceptLostEvents) {

  /** A Kafka in this process on the remembered port. */
  public static final LogConfig EMBEDDED = new LogConfig(null, Optional.empty(), 0, 1, null, false);

  public LogConfig {
    if (bootstrap != null && port != 0) {
      throw new IllegalArgumentException(
          "port, bootstrap: %d, %s, expected one of them".formatted(port, bootstrap));
    }
    if (bootstrap == null && clientConfig.isPresent()) {
      throw new IllegalArgumentException(
          "clientConfig: %s, expected none without bootstrap: the Kafka in this process asks for nothing"
              .formatted(clientConfig.get()));
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "port: " + port + ", expected 0 (the remembered one) to 65535");
    }
    if (replication < 1) {
      throw new IllegalArgumentException("replication: " + replication + ", expected at least 1");
    }
    if (retention != null && retention.toMillis() < 1000) {
      throw new IllegalArgumentException(
          "retention: " + retention + ", expected at least a second");
    }
  }
}
