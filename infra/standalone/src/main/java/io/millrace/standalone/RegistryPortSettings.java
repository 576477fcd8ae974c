package io.millrace.standalone;

/**
 * What a user sets of the schema registry beside a platform.
 *
 * @param port of it, 0 for a free one; -1 for no registry
 */
public record RegistryPortSettings(int port) {

  /** Port 8081. */
  public static final RegistryPortSettings DEFAULT = new RegistryPortSettings(8081);

  public RegistryPortSettings {
    if (port < -1 || port > 65535) {
      throw new IllegalArgumentException(
          "port: " + port + ", expected -1 (no registry), 0 (any free one) to 65535");
    }
  }
}
