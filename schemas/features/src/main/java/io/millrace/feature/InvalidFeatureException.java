package io.millrace.feature;

import io.millrace.wire.ShownValue;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record whose value for one field cannot be used: names the field, what was expected, and it.
 */
public final class InvalidFeatureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String expectation;
  private final transient @Nullable Object value;

  /**
   * @param field the field's name
   * @param expectation what would have been right, in words that follow "expected"
   * @param value what came instead
   */
  public InvalidFeatureException(String field, String expectation, @Nullable Object value) {
    super("field " + field + ": " + ShownValue.of(value) + ", expected " + expectation);
    this.field = field;
    this.expectation = expectation;
    this.value = value;
  }

  public String field() {
    return field;
  }

  public String expectation() {
    return expectation;
  }

  /** What came instead, as it came or as Avro holds it. */
  public @Nullable Object value() {
    return value;
  }

  /** The message, never null. */
  public String detail() {
    return Objects.requireNonNull(getMessage());
  }
}
