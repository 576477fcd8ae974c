package io.millrace.standalone;

import io.millrace.registry.http.RegistryServerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of a schema registry alone.
 *
 * @param dataDir of the broker, if one is started in this process
 * @param registry how it is served
 * @param kafka the log that it lives on
 */
public record RegistrySettings(Path dataDir, Service registry, Log kafka) {

  /** What is not set. */
  public static final RegistrySettings DEFAULT =
      new RegistrySettings(
          Path.of("millrace-data", "registry"),
          new Service(
              "127.0.0.1",
              8081,
              2 << 20,
              Duration.ofSeconds(15),
              Optional.empty(),
              Optional.empty(),
              Optional.empty()),
          new Log(Optional.empty(), Optional.empty(), "", 1));

  /**
   * How a registry is served.
   *
   * @param host the address to listen on
   * @param port the port, 0 for a free one
   * @param maxBodyBytes larger requests are refused
   * @param requestTimeout later answers become a 503
   * @param users file of users; with it nobody else gets in (see {@code millrace registry user})
   * @param tlsCertificate PEM file; with it and {@code tlsKey} HTTPS
   * @param tlsKey PEM file (PKCS 8, no password)
   */
  public record Service(
      String host,
      int port,
      int maxBodyBytes,
      Duration requestTimeout,
      Optional<Path> users,
      Optional<Path> tlsCertificate,
      Optional<Path> tlsKey) {

    public Service {
      var unused =
          new RegistryServerConfig(
              host, port, maxBodyBytes, requestTimeout, Optional.empty(), Optional.empty(), "");
      if (requestTimeout.isZero()) {
        throw new IllegalArgumentException("requestTimeout: 0s, expected a positive duration");
      }
      if (tlsCertificate.isPresent() != tlsKey.isPresent()) {
        throw new IllegalArgumentException(
            "%s: %s, expected tlsCertificate and tlsKey, both or none"
                .formatted(
                    tlsKey.isPresent() ? "tlsKey" : "tlsCertificate",
                    tlsKey.or(() -> tlsCertificate).orElseThrow()));
      }
    }
  }

  /**
   * The log that a registry lives on.
   *
   * @param bootstrap Kafka brokers, host:port,...; without it a broker is started in this process
   * @param clientConfig properties file with more settings of the Kafka clients (TLS, SASL)
   * @param topicPrefix before the topic's name, which is {@code schemas}
   * @param replication copies of the topic, if it is created now
   */
  public record Log(
      Optional<String> bootstrap,
      Optional<Path> clientConfig,
      String topicPrefix,
      int replication) {

    public Log {
      if (replication < 1) {
        throw new IllegalArgumentException("replication: " + replication + ", expected at least 1");
      }
    }
  }
}
