package io.millrace.registry.http;

import com.linecorp.armeria.common.HttpStatus;

/**
 * Why a request has no better answer.
 *
 * @param code the one that Confluent's clients know
 * @param message for whoever asked
 */
record Failure(HttpStatus status, int code, String message) {
  Failure(HttpStatus status, String message) {
    this(status, status.code(), message);
  }

  Failure(HttpStatus status) {
    this(status, "HTTP " + status.code() + " " + status.reasonPhrase());
  }
}
