package io.millrace.serving.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.ranking.Candidates;
import io.millrace.ranking.Deadline;
import io.netty.channel.Channel;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the requests of one endpoint whose bodies take work: lets them in or not by their headers,
 * has them worked on by the workers, and answers within the deadline. Safe for use by many threads.
 */
final class BodyService<T> implements HttpService {
  private static final int LONG_BODY_BYTES = 64 << 10;

  private final Endpoint<T> endpoint;
  private final String name;
  private final ServerMetrics metrics;
  private final RequestLimits limits;
  private final Admission admission;
  private final Executor workers;

  /** What is done with a body. */
  @FunctionalInterface
  interface Endpoint<T> {
    /**
     * Answers a request.
     *
     * @throws RequestException if it cannot be read
     * @throws io.millrace.ranking.RankingException if it cannot be answered
     */
    CompletionStage<T> answer(byte[] body, Deadline deadline);

    /** The status of an answer. */
    default HttpStatus status(T answer) {
      return HttpStatus.OK;
    }

    /** An answer as it is sent. */
    default JsonAnswers.Answer written(T answer) {
      return JsonAnswers.Answer.of(status(answer), answer);
    }

    /** How a client is told that there is no answer. */
    default JsonAnswers.Answer refusal(Throwable failure) {
      return JsonAnswers.Answer.ofFailure(failure);
    }
  }

  /**
   * @param name by which the endpoint's answers are counted
   */
  BodyService(
      String name,
      Endpoint<T> endpoint,
      ServerMetrics metrics,
      RequestLimits limits,
      Admission admission,
      Executor workers) {
    this.name = name;
    this.endpoint = endpoint;
    this.metrics = metrics;
    this.limits = limits;
    this.admission = admission;
    this.workers = workers;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    if (request.headers().contentLength() > limits.bodyBytes()) {
      // Fails at once: the server's bound on requests is the same.
      return HttpResponse.of(request.aggregate().thenApply(whole -> HttpResponse.of(413)));
    }
    BodyEncoding encoding;
    Admission.Ticket ticket;
    try {
      encoding = BodyEncoding.of(request.headers());
      ticket = admit(request.headers().contentLength(), encoding);
    } catch (RequestException e) {
      if (e.status().equals(HttpStatus.SERVICE_UNAVAILABLE)) {
        pauseReading(ctx, request);
      }
      return refused(e);
    }
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    var unused =
        request
            .aggregate()
            .handle(
                (whole, failure) -> {
                  if (failure != null) {
                    ticket.close();
                    admission.abandon();
                    response.completeExceptionally(failure);
                  } else {
                    hand(new Call(ctx, encoding, ticket, response, System.nanoTime()), whole);
                  }
                  return null;
                });
    return HttpResponse.of(response);
  }

  private Admission.Ticket admit(long announcedBytes, BodyEncoding encoding) {
    long bytes = announcedBytes < 0 ? limits.bodyBytes() : announcedBytes;
    if (encoding != BodyEncoding.IDENTITY) {
      bytes += limits.bodyBytes();
    }
    Admission.Ticket ticket = admission.enter(bytes);
    if (ticket == null) {
      throw tooMuch();
    }
    return ticket;
  }

  /**
   * Reads nothing more from a refused client with a long body for as long as it was told to wait,
   * so that bodies which nobody will look at do not keep the event loops from others.
   */
  private static void pauseReading(ServiceRequestContext ctx, HttpRequest request) {
    Channel channel = ctx.log().ensureAvailable(RequestLogProperty.SESSION).channel();
    long announced = request.headers().contentLength();
    if (channel != null
        && !ctx.sessionProtocol().isExplicitHttp2()
        && (announced < 0 || announced > LONG_BODY_BYTES)) {
      channel.config().setAutoRead(false);
      var unused =
          channel
              .eventLoop()
              .schedule(
                  () -> channel.config().setAutoRead(true),
                  RequestException.RETRY_AFTER_SECONDS,
                  TimeUnit.SECONDS);
    }
  }

  private static RequestException tooMuch() {
    return RequestException.busy("The server has as much to do as it takes on at a time.");
  }

  private HttpResponse refused(RequestException e) {
    JsonAnswers.Answer refusal = endpoint.refusal(e);
    metrics.count(name, refusal.status().code());
    return JsonAnswers.of(refusal);
  }

  /** A request whose body is in. */
  private record Call(
      ServiceRequestContext ctx,
      BodyEncoding encoding,
      Admission.Ticket ticket,
      CompletableFuture<HttpResponse> response,
      long start)
      implements Deadline {

    @Override
    public boolean over() {
      return ctx.isCancelled();
    }
  }

  private void hand(Call call, AggregatedHttpRequest whole) {
    byte[] body = whole.content().array();
    boolean packed = call.encoding != BodyEncoding.IDENTITY;
    long bytes = packed ? (long) body.length + limits.bodyBytes() : body.length;
    if (!call.ticket.bodyIsIn(bytes, packed ? Candidates.MAX : objects(body))) {
      call.ticket.close();
      call.response.complete(refused(tooMuch()));
      return;
    }
    workers.execute(() -> work(call, body));
  }

  /** About how many candidates a body has: each is an object. */
  private static int objects(byte[] body) {
    int objects = 0;
    for (byte b : body) {
      objects += b == '{' ? 1 : 0;
    }
    return Math.min(objects, Candidates.MAX);
  }

  private void work(Call call, byte[] body) {
    if (call.over()) {
      call.ticket.close();
      admission.abandon();
      return;
    }
    CompletionStage<T> answer;
    try {
      answer = endpoint.answer(call.encoding.unpack(body, limits.bodyBytes()), call);
    } catch (RuntimeException | Error e) {
      end(call, null, e);
      return;
    }
    call.ticket.workIsDone();
    var unused =
        answer.handle(
            (value, failure) -> {
              end(call, value, failure);
              return null;
            });
  }

  private void end(Call call, @Nullable T value, @Nullable Throwable failure) {
    try {
      JsonAnswers.Answer answer =
          value == null
              ? endpoint.refusal(Objects.requireNonNull(failure))
              : endpoint.written(value);
      HttpResponse response = JsonAnswers.of(answer);
      if (call.over()) {
        admission.abandon();
      } else {
        metrics.record(name, answer.status().code(), System.nanoTime() - call.start);
      }
      call.response.complete(response);
    } catch (RuntimeException | Error e) {
      call.response.completeExceptionally(e);
    } finally {
      call.ticket.close();
    }
  }
}
