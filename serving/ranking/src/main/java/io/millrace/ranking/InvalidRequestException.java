package io.millrace.ranking;

import io.millrace.wire.ShownValue;
import org.jspecify.annotations.Nullable;

/** Something in the request cannot be used. */
public final class InvalidRequestException extends RankingException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String field;
  private final @Nullable String expected;
  private final @Nullable String value;

  private InvalidRequestException(
      @Nullable String field, @Nullable String expected, @Nullable String value, String message) {
    super(message);
    this.field = field;
    this.expected = expected;
    this.value = value;
  }

  /** {@code field} holds {@code value} where {@code expected} should be. */
  public static InvalidRequestException field(
      String field, String expected, @Nullable Object value) {
    String shown = ShownValue.of(value);
    return new InvalidRequestException(
        field, expected, shown, field + ": " + shown + ", expected " + expected);
  }

  /** It is no one field that is wrong. */
  public static InvalidRequestException whole(String message) {
    return new InvalidRequestException(null, null, null, message);
  }

  /** The place in the request, or null if it is no one field that is wrong. */
  public @Nullable String field() {
    return field;
  }

  /** What should be there. */
  public @Nullable String expected() {
    return expected;
  }

  /** What is there, as {@link ShownValue} shows it. */
  public @Nullable String value() {
    return value;
  }
}
