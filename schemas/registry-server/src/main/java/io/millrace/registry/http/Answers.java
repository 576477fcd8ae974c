package io.millrace.registry.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.registry.RegistryException;
import io.millrace.schema.SchemaRegistryException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes answers in the media type that the client wants, failures as {@code
 * {"error_code","message"}}. A fault of ours is logged with its stack trace and told without it.
 */
final class Answers implements ServerErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final int STORE_FAILED = 50001;
  private static final int TIMED_OUT = 50002;
  private static final int RETRY_SECONDS = 1;
  private static final String REALM = "Basic realm=\"schema registry\"";

  static final MediaType V1 = MediaType.create("application", "vnd.schemaregistry.v1+json");
  private static final List<MediaType> TYPES =
      List.of(V1, MediaType.create("application", "vnd.schemaregistry+json"), MediaType.JSON);

  private static final ResponseHeaders OK_V1 = headers(HttpStatus.OK, V1);

  private Answers() {}

  static final Answers INSTANCE = new Answers();

  /** The type of the answer to a request, or null if it accepts none of ours. */
  static @Nullable MediaType typeFor(RequestHeaders request) {
    if (!request.contains(HttpHeaderNames.ACCEPT)) {
      return V1;
    }
    for (MediaType accepted : request.accept()) {
      for (MediaType type : TYPES) {
        if (type.belongsTo(accepted.withoutParameters())) {
          return type;
        }
      }
    }
    return request.accept().isEmpty() ? V1 : null;
  }

  /** Whether a body's type is one that the API takes. */
  static boolean takes(@Nullable MediaType bodyType) {
    return bodyType == null
        || bodyType.is(MediaType.OCTET_STREAM)
        || TYPES.stream().anyMatch(type -> type.is(bodyType.withoutParameters()));
  }

  static HttpResponse ok(MediaType type, byte[] json) {
    return HttpResponse.of(type == V1 ? OK_V1 : headers(HttpStatus.OK, type), HttpData.wrap(json));
  }

  static HttpResponse failure(HttpStatus status) {
    return failure(new Failure(status));
  }

  private static HttpResponse failure(Failure failure) {
    return failure(failure, V1, new Bodies.Failed(failure.code(), failure.message()));
  }

  private static HttpResponse failure(Failure failure, MediaType type, Object body) {
    return HttpResponse.of(failureHeaders(failure, type), HttpData.wrap(Json.write(body)));
  }

  private static ResponseHeaders failureHeaders(Failure failure, MediaType type) {
    ResponseHeaders headers = headers(failure.status(), type);
    if (failure.status().equals(HttpStatus.UNAUTHORIZED)) {
      headers = headers.withMutations(h -> h.add(HttpHeaderNames.WWW_AUTHENTICATE, REALM));
    } else if (failure.status().equals(HttpStatus.SERVICE_UNAVAILABLE)) {
      headers = headers.withMutations(h -> h.addInt(HttpHeaderNames.RETRY_AFTER, RETRY_SECONDS));
    }
    return headers;
  }

  private static ResponseHeaders headers(HttpStatus status, MediaType type) {
    return ResponseHeaders.of(status, HttpHeaderNames.CONTENT_TYPE, type);
  }

  /** Tells a failure in the words of a dialect. */
  static HttpResponse failure(Throwable cause, Dialect dialect) {
    Failure failure = failureOf(cause);
    return failure(failure, dialect.failureType(), dialect.body(failure, cause));
  }

  private static Failure failureOf(Throwable cause) {
    if (cause instanceof RegistryException e) {
      return new Failure(
          HttpStatus.valueOf(e.error().status()), e.error().code(), String.valueOf(e.getMessage()));
    }
    if (cause instanceof RequestException e) {
      return new Failure(e.status(), String.valueOf(e.getMessage()));
    }
    if (cause instanceof SchemaRegistryException) {
      LOG.warn("Kafka failed: {}", cause.toString());
      return new Failure(
          HttpStatus.SERVICE_UNAVAILABLE,
          STORE_FAILED,
          "Error in the backend data store: " + cause.getMessage());
    }
    if (cause instanceof HttpStatusException e) {
      return new Failure(e.httpStatus());
    }
    if (cause instanceof RequestTimeoutException) {
      return new Failure(HttpStatus.SERVICE_UNAVAILABLE, TIMED_OUT, "Operation timed out");
    }
    if (cause instanceof ContentTooLargeException) {
      return new Failure(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
    }
    if (Exceptions.isExpected(cause) || cause instanceof CancellationException) {
      LOG.debug("whoever asked is gone", cause);
      return new Failure(HttpStatus.BAD_REQUEST);
    }
    LOG.error("a request failed", cause);
    return new Failure(HttpStatus.INTERNAL_SERVER_ERROR);
  }

  @Override
  public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
    return failure(
        cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause,
        Dialect.CONFLUENT);
  }

  /** Built here and now: an event loop that waited for another one could wait for ever. */
  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    Failure failure = new Failure(status);
    return AggregatedHttpResponse.of(
        failureHeaders(failure, V1),
        HttpData.wrap(Json.write(new Bodies.Failed(failure.code(), failure.message()))));
  }
}
