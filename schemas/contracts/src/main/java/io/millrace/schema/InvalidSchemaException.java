package io.millrace.schema;

import org.jspecify.annotations.Nullable;

/** A schema that no registry should take; the message says what is wrong and where. */
public final class InvalidSchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidSchemaException(String message) {
    this(message, null);
  }

  public InvalidSchemaException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
