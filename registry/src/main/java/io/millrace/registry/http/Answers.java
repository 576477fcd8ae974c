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
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.registry.RegistryException;
import io.millrace.registry.SchemaRegistryException;
import java.util.List;
import java.util.Objects;
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

  static HttpResponse failure(HttpStatus status, int code, String message) {
    return HttpResponse.of(
        headers(status, V1), HttpData.wrap(Json.write(new Bodies.Failure(code, message))));
  }

  static HttpResponse failure(HttpStatus status) {
    return failure(status, status.code(), words(status));
  }

  static HttpResponse unauthorized() {
    return HttpResponse.of(
        headers(HttpStatus.UNAUTHORIZED, V1).toBuilder()
            .add(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"schema registry\"")
            .build(),
        HttpData.wrap(
            Json.write(
                new Bodies.Failure(
                    HttpStatus.UNAUTHORIZED.code(), words(HttpStatus.UNAUTHORIZED)))));
  }

  private static ResponseHeaders headers(HttpStatus status, MediaType type) {
    return ResponseHeaders.of(status, HttpHeaderNames.CONTENT_TYPE, type);
  }

  /** What a failed computation amounts to. */
  static HttpResponse of(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof RegistryException e) {
      return failure(
          HttpStatus.valueOf(e.error().status()), e.error().code(), String.valueOf(e.getMessage()));
    }
    if (cause instanceof RequestException e) {
      return failure(e.status(), e.status().code(), String.valueOf(e.getMessage()));
    }
    if (cause instanceof SchemaRegistryException) {
      LOG.warn("Kafka failed: {}", cause.toString());
      return failure(
          HttpStatus.INTERNAL_SERVER_ERROR,
          STORE_FAILED,
          "Error in the backend data store: " + cause.getMessage());
    }
    LOG.error("a request failed", cause);
    return failure(HttpStatus.INTERNAL_SERVER_ERROR);
  }

  @Override
  public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
    if (cause instanceof HttpStatusException e) {
      return failure(e.httpStatus());
    }
    if (cause instanceof RequestTimeoutException) {
      return failure(HttpStatus.SERVICE_UNAVAILABLE, TIMED_OUT, "Operation timed out");
    }
    if (cause instanceof ContentTooLargeException) {
      return failure(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
    }
    return of(cause);
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return Objects.requireNonNull(failure(status).aggregate().join());
  }

  private static String words(HttpStatus status) {
    return "HTTP " + status.code() + " " + status.reasonPhrase();
  }
}
