package io.millrace.registry.http;

import io.millrace.access.Users;
import java.io.File;
import java.time.Duration;
import java.util.Optional;

/**
 * How a registry is served.
 *
 * @param host the address to listen on, for example 127.0.0.1
 * @param port the port, 0 for a free one
 * @param maxBodyBytes larger bodies get a 413
 * @param requestTimeout later answers become a 503
 * @param users who may do what; everyone everything if empty
 * @param tls certificate and key; plain HTTP if empty
 * @param clusterId names the Kafka cluster to clients that ask
 */
public record RegistryServerConfig(
    String host,
    int port,
    int maxBodyBytes,
    Duration requestTimeout,
    Optional<Users> users,
    Optional<Tls> tls,
    String clusterId) {

  /**
   * Files in PEM.
   *
   * @param certificate the server's, and those that lead to its root
   * @param key the server's private key (PKCS 8), without a password
   */
  public record Tls(File certificate, File key) {}

  public RegistryServerConfig {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + ", expected 0 (any free one) to 65535");
    }
    if (maxBodyBytes < 1) {
      throw new IllegalArgumentException("maxBodyBytes: " + maxBodyBytes + ", expected at least 1");
    }
  }

  /** On 127.0.0.1, for everyone, without TLS, bodies of at most 2 MiB. */
  public static RegistryServerConfig local(int port) {
    return new RegistryServerConfig(
        "127.0.0.1", port, 2 << 20, Duration.ofSeconds(40), Optional.empty(), Optional.empty(), "");
  }
}
