package io.millrace.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes answers as JSON, failures too. What a client did wrong is told in words; a fault of ours
 * is logged with its stack trace and told without it.
 */
final class JsonAnswers implements ServerErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(JsonAnswers.class);
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  /** An answer with a JSON body; never cached. */
  static HttpResponse of(HttpStatus status, Object value) {
    try {
      return HttpResponse.of(
          ResponseHeaders.of(
              status,
              HttpHeaderNames.CONTENT_TYPE,
              MediaType.JSON_UTF_8,
              HttpHeaderNames.CACHE_CONTROL,
              "no-store"),
          HttpData.wrap(MAPPER.writeValueAsBytes(value)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("our own answers can be written", e);
    }
  }

  /** A status and what goes with it. */
  record Answer(HttpStatus status, Object body) {

    /** What a finished computation amounts to: its value, or else the words for its failure. */
    static Answer of(@Nullable Object value, @Nullable Throwable failure) {
      return failure == null
          ? new Answer(HttpStatus.OK, Objects.requireNonNull(value))
          : ofFailure(failure);
    }

    private static Answer ofFailure(Throwable failure) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      if (cause instanceof RequestException e) {
        return new Answer(e.status(), e.body());
      }
      LOG.error("a request failed", cause);
      HttpStatus status = HttpStatus.INTERNAL_SERVER_ERROR;
      return new Answer(
          status, RequestException.of(status, "The server failed; its log says why.").body());
    }
  }

  static HttpResponse of(Answer answer) {
    return of(answer.status(), answer.body());
  }

  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
    if (cause instanceof HttpStatusException e) {
      return message(e.httpStatus(), words(e.httpStatus()));
    }
    if (cause instanceof RequestTimeoutException) {
      return message(HttpStatus.SERVICE_UNAVAILABLE, "The server is too busy to answer in time.");
    }
    if (cause instanceof ContentTooLargeException) {
      return message(
          HttpStatus.REQUEST_ENTITY_TOO_LARGE, words(HttpStatus.REQUEST_ENTITY_TOO_LARGE));
    }
    return of(Answer.ofFailure(cause));
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return Objects.requireNonNull(message(status, words(status)).aggregate().join());
  }

  private static HttpResponse message(HttpStatus status, String message) {
    return of(status, RequestException.of(status, message).body());
  }

  private static String words(HttpStatus status) {
    return switch (status.code()) {
      case 404 ->
          "No such path; there are POST /v1/predict, POST /v1/rank, GET /v1/status,"
              + " GET /v1/history, GET /health, GET /ready, GET /metrics and GET /.";
      case 405 -> "This path does not take this method.";
      case 413 ->
          "The body is too large, expected at most " + MillraceServer.MAX_BODY_BYTES + " bytes.";
      default -> status.reasonPhrase();
    };
  }
}
