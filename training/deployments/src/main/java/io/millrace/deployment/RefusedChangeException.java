package io.millrace.deployment;

/** A change of deployments that cannot be made; the message says why and what is expected. */
public final class RefusedChangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RefusedChangeException(String message) {
    super(message);
  }
}
