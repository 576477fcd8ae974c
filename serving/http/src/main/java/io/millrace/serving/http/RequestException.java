package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpStatus;
import io.millrace.ranking.BusyException;
import io.millrace.ranking.InvalidRequestException;
import io.millrace.ranking.RankingException;
import io.millrace.ranking.UnknownModelException;
import io.millrace.wire.ShownValue;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be answered, and why. Carries no stack trace: it is an answer, not a fault.
 */
final class RequestException extends RuntimeException {
  /** When a request that was refused by {@link #busy} may be sent again. */
  static final int RETRY_AFTER_SECONDS = 1;

  private final transient HttpStatus status;
  private final transient ErrorBody body;
  private final transient HttpHeaders headers;

  /** The answer's body: {@code {"error": {...}}}; absent members are left out. */
  record ErrorBody(Detail error) {
    /** What was wrong: the place, what should be there, what is there (cut), and in words. */
    record Detail(
        @Nullable String field,
        @Nullable String expected,
        @Nullable String value,
        String message) {}
  }

  private RequestException(HttpStatus status, ErrorBody.Detail detail, HttpHeaders headers) {
    super(detail.message(), null, false, false);
    this.status = status;
    this.body = new ErrorBody(detail);
    this.headers = headers;
  }

  /** 400: {@code field} holds {@code value} where {@code expected} should be. */
  static RequestException field(String field, String expected, @Nullable Object value) {
    String shown = ShownValue.of(value);
    return new RequestException(
        HttpStatus.BAD_REQUEST,
        new ErrorBody.Detail(
            field, expected, shown, field + ": " + shown + ", expected " + expected),
        HttpHeaders.of());
  }

  /** 400 with a message: it is no one field that is wrong. */
  static RequestException badRequest(String message) {
    return of(HttpStatus.BAD_REQUEST, message);
  }

  /** Why no ranking or prediction was made, with the status that stands for it. */
  static RequestException of(RankingException e) {
    if (e instanceof InvalidRequestException invalid) {
      return new RequestException(
          HttpStatus.BAD_REQUEST,
          new ErrorBody.Detail(
              invalid.field(), invalid.expected(), invalid.value(), invalid.reason()),
          HttpHeaders.of());
    }
    if (e instanceof UnknownModelException) {
      return of(HttpStatus.NOT_FOUND, e.reason());
    }
    return e instanceof BusyException
        ? busy(e.reason())
        : of(HttpStatus.SERVICE_UNAVAILABLE, e.reason());
  }

  /** Any other status with a message. */
  static RequestException of(HttpStatus status, String message) {
    return of(status, message, HttpHeaders.of());
  }

  /** Any other status with a message, and headers that say more. */
  static RequestException of(HttpStatus status, String message, HttpHeaders headers) {
    return new RequestException(status, new ErrorBody.Detail(null, null, null, message), headers);
  }

  /** 503: nothing is wrong with the request, and it may be sent again in a second. */
  static RequestException busy(String message) {
    return of(
        HttpStatus.SERVICE_UNAVAILABLE,
        message,
        HttpHeaders.of(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS));
  }

  HttpStatus status() {
    return status;
  }

  ErrorBody body() {
    return body;
  }

  HttpHeaders headers() {
    return headers;
  }
}
