package io.millrace.registry;

/** A request that the registry refuses; the message is meant for whoever made it. */
public final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RegistryError error;

  public RegistryException(RegistryError error, String message) {
    super(message);
    this.error = error;
  }

  public RegistryError error() {
    return error;
  }
}
