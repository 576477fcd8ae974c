package io.millrace.schema;

import org.jspecify.annotations.Nullable;

/** The registry's store cannot be read or written. */
public final class SchemaRegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SchemaRegistryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
