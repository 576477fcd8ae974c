package io.millrace.serving.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestCancellationException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.ranking.RankingException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes answers as JSON, failures too. What a client did wrong is told in words; a fault of ours
 * is logged with its stack trace and told without it. A number that is not finite is written as
 * null.
 */
final class JsonAnswers implements ServerErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(JsonAnswers.class);
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .addModule(
              new SimpleModule()
                  .addSerializer(new Finite<>(Double.class))
                  .addSerializer(new Finite<>(Float.class))
                  .addSerializer(Double.TYPE, new Finite<>(Double.class))
                  .addSerializer(Float.TYPE, new Finite<>(Float.class)))
          .build();

  private final int maxBodyBytes;
  private final Duration deadline;
  private final Routes routes;
  private final ObjIntConsumer<String> counter;

  /**
   * @param routes what there is
   * @param counter told the path (empty if none was read) and status of every failure
   */
  JsonAnswers(RequestLimits limits, Routes routes, ObjIntConsumer<String> counter) {
    this.maxBodyBytes = limits.bodyBytes();
    this.deadline = limits.deadline();
    this.routes = routes;
    this.counter = counter;
  }

  /** Writes a number, or null where there is none. */
  private static final class Finite<N extends Number> extends StdSerializer<N> {
    private static final long serialVersionUID = 1L;

    Finite(Class<N> type) {
      super(type);
    }

    @Override
    public void serialize(N value, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      if (!Double.isFinite(value.doubleValue())) {
        to.writeNull();
      } else if (value instanceof Float) {
        to.writeNumber(value.floatValue());
      } else {
        to.writeNumber(value.doubleValue());
      }
    }
  }

  /** An answer with a JSON body; never cached. */
  static HttpResponse of(HttpStatus status, Object value) {
    return of(Answer.of(status, value));
  }

  /** A status, what goes with it, and further headers. */
  record Answer(HttpStatus status, Object body, HttpHeaders headers) {

    static Answer of(HttpStatus status, Object value) {
      return new Answer(status, value, HttpHeaders.of());
    }

    /** The words for a failure. */
    static Answer ofFailure(Throwable failure) {
      Throwable cause = unwrapped(failure);
      if (cause instanceof RankingException e) {
        return ofFailure(RequestException.of(e));
      }
      if (cause instanceof RequestException e) {
        return new Answer(e.status(), e.body(), e.headers());
      }
      if (cause instanceof ClosedSessionException
          || cause instanceof ClosedStreamException
          || cause instanceof RequestCancellationException) {
        // Nobody reads it.
        return message(
            HttpStatus.BAD_REQUEST, "The connection was closed before the request was complete.");
      }
      LOG.error("a request failed", cause);
      return message(HttpStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says why.");
    }

    static Answer message(HttpStatus status, String message) {
      return ofFailure(RequestException.of(status, message));
    }

    private ResponseHeaders responseHeaders() {
      return ResponseHeaders.builder(status)
          .contentType(MediaType.JSON_UTF_8)
          .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
          .add(headers)
          .build();
    }

    private HttpData data() {
      return HttpData.wrap(bytes(body));
    }
  }

  /** A value as JSON. */
  static byte[] bytes(@Nullable Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("our own answers can be written", e);
    }
  }

  static HttpResponse of(Answer answer) {
    if (answer.status().isContentAlwaysEmpty()) {
      return HttpResponse.of(
          ResponseHeaders.builder(answer.status()).add(answer.headers()).build());
    }
    return HttpResponse.of(answer.responseHeaders(), answer.data());
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable thrown) {
    Answer answer = failure(ctx, unwrapped(thrown));
    counter.accept(ctx.path(), answer.status().code());
    return of(answer);
  }

  private Answer failure(ServiceRequestContext ctx, Throwable cause) {
    if (cause instanceof HttpStatusException e) {
      return status(ctx.path(), e.httpStatus());
    }
    if (cause instanceof RequestTimeoutException) {
      return ctx.log().isAvailable(RequestLogProperty.REQUEST_END_TIME)
          ? Answer.ofFailure(RequestException.busy("The server is too busy to answer in time."))
          : Answer.ofFailure(
              RequestException.of(
                  HttpStatus.REQUEST_TIMEOUT,
                  "The request's body did not arrive within %d ms.".formatted(deadline.toMillis()),
                  HttpHeaders.of(HttpHeaderNames.CONNECTION, "close")));
    }
    if (cause instanceof ContentTooLargeException) {
      return status(ctx.path(), HttpStatus.REQUEST_ENTITY_TOO_LARGE);
    }
    return Answer.ofFailure(cause);
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
    String path = ctx != null ? ctx.path() : headers != null ? headers.path() : "";
    Answer answer = status(path, status);
    counter.accept(path, status.code());
    return AggregatedHttpResponse.of(answer.responseHeaders(), answer.data());
  }

  private Answer status(String path, HttpStatus status) {
    HttpHeaders headers = HttpHeaders.of();
    String words =
        switch (status.code()) {
          case 404 -> "No such path; there are " + routes.inWords() + ".";
          case 405 -> {
            String allowed = routes.allowed(path);
            headers = HttpHeaders.of(HttpHeaderNames.ALLOW, allowed);
            yield "This path does not take this method, expected " + allowed + ".";
          }
          case 413 -> "The body is too large, expected at most " + maxBodyBytes + " bytes.";
          default -> status.reasonPhrase();
        };
    return new Answer(status, RequestException.of(status, words).body(), headers);
  }
}
