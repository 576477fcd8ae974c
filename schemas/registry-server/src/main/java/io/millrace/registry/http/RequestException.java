package io.millrace.registry.http;

import com.linecorp.armeria.common.HttpStatus;

/** A request that no registry could answer; the message is meant for whoever made it. */
final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient HttpStatus status;

  RequestException(HttpStatus status, String message) {
    super(message);
    this.status = status;
  }

  HttpStatus status() {
    return status;
  }
}
