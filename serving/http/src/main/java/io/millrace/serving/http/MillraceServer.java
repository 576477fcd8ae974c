package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.encoding.EncodingService;
import com.linecorp.armeria.server.file.HttpFile;
import io.millrace.feature.LiveModel;
import io.millrace.metrics.LearnerFigures;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.ranking.ImpressionLog;
import io.millrace.ranking.ModelSource;
import io.millrace.ranking.ParameterViewSource;
import io.millrace.ranking.PredictionService;
import io.millrace.ranking.RankingLimits;
import io.millrace.ranking.RankingService;
import io.millrace.ranking.ServedModel;
import io.millrace.ranking.ServedModels;
import io.millrace.ranking.WarmUp;
import io.millrace.serving.console.ConsoleFile;
import io.millrace.wire.RejectionReason;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server; started, it listens until it is closed. Safe for use by many threads. */
public final class MillraceServer implements AutoCloseable {
  private static final long SCHEMA_WATCH_MILLIS = 500;
  private static final Logger LOG = LoggerFactory.getLogger(MillraceServer.class);

  /** No more requests for the status, metrics or history wait. */
  private static final int MAX_WAITING_VIEWS = 64;

  private static final int MAX_STREAMS = 256;
  private static final Map<String, String> METHODS =
      Map.of("/v1/predict", "POST", "/v1/rank", "POST");

  private static final String CONTENT_SECURITY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self';"
          + " connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

  private final Map<String, ModelSource> sources = new LinkedHashMap<>();
  private final ServedModels models;
  private final ImpressionLog impressions;
  private final IngestionCountsView ingestion;
  private final RejectedView rejected;
  private final StatusReporter reporter;
  private final ScheduledExecutorService ticker;
  private final ScheduledExecutorService schemaWatch;
  private final Thread warmUp;
  private final KafkaWatch kafka;
  private final Surroundings surroundings;
  private final Admission admission;
  private final OriginCheck origins;
  private final ExecutorService workers;
  private final BlockingTaskExecutor views;
  private final AtomicInteger waitingViews = new AtomicInteger();
  private final ServerMetrics metrics;
  private final StatusMeters page;
  private final Server server;

  /**
   * Starts a server. It answers at once; {@code GET /ready} turns to 200 when every model has a
   * version.
   *
   * @throws RuntimeException if the port is taken
   */
  public static MillraceServer start(ServerConfig config) {
    List<ModelSource> sources = new ArrayList<>();
    try {
      for (String model : config.models()) {
        sources.add(open(config, model));
      }
      return start(config, sources);
    } catch (RuntimeException e) {
      sources.forEach(ModelSource::close);
      throw e;
    }
  }

  private static ModelSource open(ServerConfig config, String model) {
    return ParameterViewSource.open(
        ParameterViewConfig.of(
            model,
            config.topics().parameters(model),
            config.clientProperties(),
            config.viewDirectory().resolve(model)),
        config.topics().learnerMetrics(model),
        config.registry(),
        config.engine(),
        config.clock());
  }

  /** Starts a server on given sources, which it closes. */
  static MillraceServer start(ServerConfig config, List<? extends ModelSource> sources) {
    MillraceServer server = new MillraceServer(config, sources);
    try {
      server.server.start().join();
      server.startWarmUp(config);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    LOG.info("listening on http://{}:{}", config.host(), server.port());
    return server;
  }

  private MillraceServer(ServerConfig config, List<? extends ModelSource> sources) {
    sources.forEach(source -> this.sources.put(source.model(), source));
    metrics = new ServerMetrics(List.of("predict", "rank"), this.sources.keySet());
    models = new ServedModels(sources.stream().map(source -> served(source, config)).toList());
    impressions =
        new ImpressionLog(
            config.clientProperties(),
            config.topics().impressions(),
            config.impressionWait(),
            config.impressionBuffer());
    ingestion =
        new IngestionCountsView(
            config.clientProperties(), config.topics().ingestionCounts(), config.registry());
    rejected =
        new RejectedView(config.clientProperties(), config.topics().rejected(), config.registry());
    kafka = new KafkaWatch(config.clientProperties(), config.clock());
    surroundings = new Surroundings(models, config.parts(), kafka, config.clock());
    admission = new Admission(config.limits());
    origins = new OriginCheck(config.host(), config.allowedOrigins());
    RankingLimits limits = config.limits().ranking();
    RankingService rankings = new RankingService(models, impressions, limits, config.clock());
    PredictEndpoint predict =
        new PredictEndpoint(new PredictionService(models, limits, config.clock()));
    reporter =
        new StatusReporter(
            models,
            ingestion,
            metrics,
            impressions,
            admission,
            surroundings,
            rankings,
            config.extraStatus(),
            config.clock());
    page = new StatusMeters(metrics.registry(), reporter.status());
    AtomicInteger worker = new AtomicInteger();
    workers =
        Executors.newFixedThreadPool(
            config.limits().workers(),
            task -> daemon(task, "millrace-server-" + worker.incrementAndGet()));
    views = BlockingTaskExecutor.builder().numThreads(1).threadNamePrefix("millrace-views").build();
    server = build(config, predict, new RankEndpoint(rankings));
    ticker = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "millrace-status"));
    ticker.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.SECONDS);
    schemaWatch =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "millrace-schemas"));
    schemaWatch.scheduleWithFixedDelay(
        this::lookForNewerSchemas, 0, SCHEMA_WATCH_MILLIS, TimeUnit.MILLISECONDS);
    warmUp =
        daemon(
            new WarmUp(
                models.all(),
                config.warmUp(),
                config.registry(),
                impressions,
                config.clock(),
                RankEndpoint::roundTrip),
            "millrace-warm-up");
  }

  private ServedModel served(ModelSource source, ServerConfig config) {
    return new ServedModel(
        source,
        config.registry(),
        config.engine(),
        nanos -> metrics.recordPass(source.model(), nanos));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void startWarmUp(ServerConfig config) {
    if (config.warmUp().isZero()) {
      models.all().forEach(ServedModel::setWarm);
    } else {
      warmUp.start();
    }
  }

  private void endWarmUp() {
    warmUp.interrupt();
    try {
      warmUp.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookForNewerSchemas() {
    for (ServedModel model : models.all()) {
      try {
        model.lookForNewerSchema();
      } catch (RuntimeException e) {
        LOG.debug("no newest schema of model {}: {}", model.name(), e.toString());
      }
    }
  }

  /** The version of a model that answers now, or empty before the first. */
  public Optional<ModelSnapshot> snapshot(String model) {
    return source(model).current();
  }

  /** The models that have a version, as they are now. */
  public List<LiveModel> liveModels() {
    return models.all().stream().flatMap(model -> model.live().stream()).toList();
  }

  /** What a model's learner said of itself last; empty before it is known. */
  public Optional<LearnerFigures> figures(String model) {
    return source(model).figures();
  }

  /** How soon clicks have changed a model's answers since the server started. */
  public Freshness.Summary freshness(String model) {
    return source(model).freshness();
  }

  /** Events that the ingestion job has turned away for a reason; 0 before it has counted. */
  public long rejectedEvents(RejectionReason reason) {
    return ingestion.newest().map(newest -> newest.counts().rejected(reason)).orElse(0L);
  }

  private ModelSource source(String model) {
    ModelSource source = sources.get(model);
    if (source == null) {
      throw new IllegalArgumentException(
          "model: " + model + ", expected one of " + sources.keySet());
    }
    return source;
  }

  /** The port that the server listens on. */
  public int port() {
    return server.activeLocalPort();
  }

  private Server build(ServerConfig config, PredictEndpoint predict, RankEndpoint rank) {
    RequestLimits limits = config.limits();
    ServerBuilder builder =
        Server.builder()
            .http(new InetSocketAddress(config.host(), config.port()))
            .maxRequestLength(limits.bodyBytes())
            .requestTimeout(limits.deadline())
            .maxNumConnections(limits.connections())
            .idleTimeout(limits.idleTime())
            .http1MaxInitialLineLength(limits.headerBytes())
            .http1MaxHeaderSize(limits.headerBytes())
            .http2MaxHeaderListSize(limits.headerBytes())
            .http2MaxStreamsPerConnection(MAX_STREAMS)
            .childChannelPipelineCustomizer(
                pipeline -> HeaderTimeout.watch(pipeline, limits.headerTime().toMillis()))
            // One read a turn: many connections that send much do not keep others waiting.
            .childChannelOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1))
            .gracefulShutdownTimeoutMillis(0, 2000)
            .blockingTaskExecutor(views, false)
            .disableServerHeader()
            .disableDateHeader()
            .unloggedExceptionsReportIntervalMillis(0) // the error handler tells or logs them
            .errorHandler(new JsonAnswers(limits, METHODS, this::countFailure))
            .decorator(
                EncodingService.builder().minBytesToForceChunkedEncoding(4096).newDecorator())
            .decorator(this::atTheDoor);
    post(
        builder,
        limits,
        "predict",
        (body, deadline) -> CompletableFuture.completedFuture(predict.answer(body, deadline)));
    post(builder, limits, "rank", rank::answer);
    builder
        .route()
        .get("/health")
        .build(
            (ctx, request) ->
                JsonAnswers.of(
                    HttpStatus.OK, Map.of("status", "up", "problems", surroundings.problems())));
    builder.route().get("/ready").build((ctx, request) -> ready());
    view(builder, "/v1/status", ctx -> JsonAnswers.of(HttpStatus.OK, reporter.status()));
    view(builder, "/v1/models", ctx -> JsonAnswers.of(HttpStatus.OK, RunningModel.all(models)));
    view(
        builder,
        "/metrics",
        ctx ->
            HttpResponse.of(
                HttpStatus.OK,
                MediaType.parse(StatusMeters.CONTENT_TYPE),
                page.page(reporter.status())));
    view(builder, "/v1/history", ctx -> history(ctx.queryParam("since")));
    view(builder, "/v1/rejected", ctx -> JsonAnswers.of(HttpStatus.OK, rejected.answer(ctx)));
    ConsoleFile.ALL.forEach(file -> page(builder, file));
    return builder.build();
  }

  /** What happens to each request before anything else does. */
  private HttpResponse atTheDoor(
      HttpService service, ServiceRequestContext ctx, HttpRequest request) throws Exception {
    Channel channel = ctx.log().ensureAvailable(RequestLogProperty.SESSION).channel();
    if (channel != null) {
      HeaderTimeout.began(channel, ctx.sessionProtocol().isExplicitHttp2());
      var unused = ctx.log().whenComplete().thenAccept(log -> HeaderTimeout.ended(channel));
    }
    try {
      origins.check(request);
    } catch (RequestException e) {
      countFailure(ctx.path(), e.status().code());
      return JsonAnswers.of(JsonAnswers.Answer.of(null, e));
    }
    return service.serve(ctx, request);
  }

  private void countFailure(String path, int status) {
    String name = path.startsWith("/v1/") ? path.substring("/v1/".length()) : ServerMetrics.OTHER;
    metrics.count(metrics.endpoints().contains(name) ? name : ServerMetrics.OTHER, status);
  }

  private <T> void post(
      ServerBuilder builder,
      RequestLimits limits,
      String name,
      ScoringService.Endpoint<T> endpoint) {
    builder
        .route()
        .post("/v1/" + name)
        .build(new ScoringService<>(name, endpoint, metrics, limits, admission, workers));
  }

  /** An answer that takes a look at everything, on a thread of its own kind. */
  private void view(
      ServerBuilder builder, String path, Function<ServiceRequestContext, HttpResponse> answer) {
    builder
        .route()
        .get(path)
        .build(
            (ctx, request) -> {
              if (waitingViews.incrementAndGet() > MAX_WAITING_VIEWS) {
                waitingViews.decrementAndGet();
                countFailure(path, HttpStatus.SERVICE_UNAVAILABLE.code());
                return JsonAnswers.of(
                    JsonAnswers.Answer.of(
                        null, RequestException.busy("Too many ask for the server's state.")));
              }
              return HttpResponse.of(
                  CompletableFuture.supplyAsync(
                      () -> {
                        waitingViews.decrementAndGet();
                        return answer.apply(ctx);
                      },
                      views));
            });
  }

  private static void page(ServerBuilder builder, ConsoleFile page) {
    HttpFile file =
        HttpFile.builder(ConsoleFile.class.getClassLoader(), page.resource())
            .addHeader(HttpHeaderNames.CONTENT_TYPE, page.contentType())
            .addHeader(HttpHeaderNames.CACHE_CONTROL, "no-cache")
            .addHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY)
            .addHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
            .build();
    builder.route().get(page.path()).build(file.asService());
  }

  private HttpResponse ready() {
    List<String> reasons = surroundings.problems();
    return JsonAnswers.of(
        reasons.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE,
        Map.of("ready", reasons.isEmpty(), "reasons", reasons));
  }

  private HttpResponse history(@Nullable String since) {
    try {
      return JsonAnswers.of(
          HttpStatus.OK, reporter.history().since(since == null ? 0 : Long.parseLong(since)));
    } catch (NumberFormatException e) {
      throw RequestException.field("since", "milliseconds since 1970", since);
    }
  }

  private void tick() {
    try {
      reporter.tick();
    } catch (RuntimeException e) {
      LOG.warn("cannot sample the status", e);
    }
  }

  @Override
  public void close() {
    server.stop().join();
    ticker.shutdownNow();
    schemaWatch.shutdownNow();
    endWarmUp();
    workers.shutdown();
    views.shutdown();
    kafka.close();
    ingestion.close();
    rejected.close();
    impressions.close();
    models.close();
  }
}
