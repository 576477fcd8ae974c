package io.millrace.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bytes that are not a usable record; the message names value, expectation and place. */
public final class WireFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RejectionReason reason;

  public WireFormatException(RejectionReason reason, String message) {
    this(reason, message, null);
  }

  public WireFormatException(RejectionReason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  public RejectionReason reason() {
    return reason;
  }

  /** The message, never null. */
  public String detail() {
    return Objects.requireNonNullElse(getMessage(), reason.code());
  }
}
