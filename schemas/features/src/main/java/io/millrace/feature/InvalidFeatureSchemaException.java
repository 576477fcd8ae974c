package io.millrace.feature;

/** A schema that cannot be a feature schema; the message names schema, place and expectation. */
public final class InvalidFeatureSchemaException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public InvalidFeatureSchemaException(String message) {
    super(message);
  }
}
