package io.millrace.serving.http;

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
import io.millrace.access.Gate;
import io.millrace.access.Role;
import io.millrace.access.Users;
import io.millrace.deployment.Deployment;
import io.millrace.deployment.DeploymentLog;
import io.millrace.deployment.DeploymentView;
import io.millrace.deployment.ModelCatalog;
import io.millrace.event.ExperimentMetrics;
import io.millrace.experiment.ExperimentCommands;
import io.millrace.experiment.ExperimentLog;
import io.millrace.experiment.readout.ExperimentResults;
import io.millrace.experiment.readout.GuardRailWatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.LiveModel;
import io.millrace.feature.NearestName;
import io.millrace.intake.EventIntake;
import io.millrace.metrics.LearnerFigures;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.ranking.DeployedModels;
import io.millrace.ranking.EventLog;
import io.millrace.ranking.ModelSource;
import io.millrace.ranking.ParameterViewSource;
import io.millrace.ranking.PredictionService;
import io.millrace.ranking.RankingLimits;
import io.millrace.ranking.RankingService;
import io.millrace.ranking.RunningExperiments;
import io.millrace.ranking.ServedModel;
import io.millrace.ranking.ServedModels;
import io.millrace.ranking.WarmUp;
import io.millrace.schema.SubjectNames;
import io.millrace.serving.console.ConsoleFile;
import io.millrace.serving.http.flags.GrowthBookStream;
import io.millrace.serving.http.flags.OfrepFlags;
import io.millrace.serving.http.flags.OfrepStream;
import io.millrace.wire.RejectionReason;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server; started, it listens until it is closed. Safe for use by many threads. */
public final class MillraceServer implements AutoCloseable {
  private static final long SCHEMA_WATCH_MILLIS = 500;
  private static final Logger LOG = LoggerFactory.getLogger(MillraceServer.class);

  private static final int MAX_STREAMS = 256;

  /** By which answers to OFREP are counted. */
  private static final String OFREP = "ofrep";

  private static final String OFREP_FLAGS = "/ofrep/v1/evaluate/flags";
  private static final String OFREP_EVENTS = "/ofrep/v1/events";

  private static final Supplier<RequestException> TOO_MANY =
      () -> RequestException.busy("Too many follow the experiments.");

  private final ServedModels models;
  private final EventLog impressions;
  private final EventLog given;
  private final EventIntake intake;
  private final IngestionCountsView ingestion;
  private final RejectedView rejected;
  private final ExperimentResults results;
  private final StatusReporter reporter;
  private final ScheduledExecutorService ticker;
  private final ScheduledExecutorService schemaWatch;
  private final List<Thread> warmUps = new CopyOnWriteArrayList<>();
  private final @Nullable DeployedModels deployed;
  private final RunningExperiments experiments;
  private final @Nullable GrowthBookStream growthBook;
  private final @Nullable OfrepStream ofrep;
  private final KafkaWatch kafka;
  private final Surroundings surroundings;
  private final Admission admission;
  private final OriginCheck origins;
  private final ExecutorService workers;
  private final BlockingTaskExecutor views;
  private final ServerMetrics metrics;
  private final StatusMeters page;
  private final Routes routes;
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
                config.viewDirectory().resolve(model))
            .watching(
                new ParameterViewConfig.Staleness(
                    config.topics().examples(), config.settings().staleAfter()))
            .holding(config.settings().rowFormatOf(model)),
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
      server.warmUp(config, server.models.all());
      config.deployments().ifPresent(server::follow);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    LOG.info("listening on http://{}:{}", config.host(), server.port());
    return server;
  }

  private MillraceServer(ServerConfig config, List<? extends ModelSource> sources) {
    metrics =
        new ServerMetrics(
            List.of(
                "predict",
                "rank",
                "events",
                "models",
                "models/state",
                "aliases",
                "experiments",
                "experiments/exposures",
                "experiments/state",
                "experiments/ramp",
                OFREP),
            sources.stream().map(ModelSource::model).toList());
    models = new ServedModels(sources.stream().map(source -> served(source, config)).toList());
    impressions =
        new EventLog(
            config.clientProperties(),
            "impressions",
            config.impressionWait(),
            config.impressionBuffer());
    given =
        new EventLog(
            config.clientProperties(),
            "events",
            config.limits().deadline().multipliedBy(4).dividedBy(5),
            config.impressionBuffer().refusing());
    experiments = new RunningExperiments(models);
    config.experiments().ifPresent(experiments::follow);
    intake =
        new EventIntake(
            models,
            experiments,
            config.outcomes(),
            config.registry(),
            config.topics(),
            given,
            config.clock());
    ingestion =
        new IngestionCountsView(
            config.clientProperties(), config.topics().ingestionCounts(), config.registry());
    rejected =
        new RejectedView(config.clientProperties(), config.topics().rejected(), config.registry());
    results =
        new ExperimentResults(
            config.clientProperties(),
            config.topics().experimentMetrics(),
            config.registry(),
            watch(config));
    kafka = new KafkaWatch(config.clientProperties(), config.clock());
    surroundings = new Surroundings(models, config.parts(), kafka, config.clock());
    admission = new Admission(config.limits());
    origins = new OriginCheck(config.host(), config.allowedOrigins());
    RankingLimits limits = config.limits().ranking();
    RankingService rankings = rankings(models, limits, config);
    growthBook = config.experiments().map(GrowthBookStream::new).orElse(null);
    ofrep = config.experiments().map(OfrepStream::new).orElse(null);
    RankEndpoint rank = new RankEndpoint(rankings, experiments);
    PredictEndpoint predict =
        new PredictEndpoint(new PredictionService(models, limits, config.clock()), experiments);
    reporter =
        new StatusReporter(
            models,
            ingestion,
            metrics,
            impressions,
            admission,
            surroundings,
            rankings,
            intake,
            config.extraStatus(),
            config.clock());
    page = new StatusMeters(metrics.registry(), reporter.status());
    AtomicInteger worker = new AtomicInteger();
    workers =
        Executors.newFixedThreadPool(
            config.limits().workers(),
            task -> daemon(task, "millrace-server-" + worker.incrementAndGet()));
    views = BlockingTaskExecutor.builder().numThreads(1).threadNamePrefix("millrace-views").build();
    routes = routes(config, rank, predict);
    server = build(config);
    ticker = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "millrace-status"));
    ticker.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.SECONDS);
    schemaWatch =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "millrace-schemas"));
    schemaWatch.scheduleWithFixedDelay(
        this::lookForNewerSchemas, 0, SCHEMA_WATCH_MILLIS, TimeUnit.MILLISECONDS);
    deployed =
        config.deployments().isEmpty()
            ? null
            : new DeployedModels(
                models,
                model -> opened(config, model),
                fresh -> warmUp(config, fresh),
                model -> deleteView(config, model));
  }

  private void follow(DeploymentLog log) {
    Objects.requireNonNull(deployed).follow(log);
  }

  private ServedModel opened(ServerConfig config, String model) {
    metrics.addModel(model);
    return served(open(config, model), config);
  }

  private static void deleteView(ServerConfig config, String model) {
    Path view = config.viewDirectory().resolve(model);
    try (Stream<Path> files = Files.exists(view) ? Files.walk(view) : Stream.empty()) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      LOG.warn("the files of model {} in {} are not deleted: {}", model, view, e.toString());
    }
  }

  private ServedModel served(ModelSource source, ServerConfig config) {
    return new ServedModel(
        source,
        config.registry(),
        new SubjectNames(config.topics().impressions(), config.subjects()),
        config.engine(),
        nanos -> metrics.recordPass(source.model(), nanos));
  }

  private RankingService rankings(ServedModels by, RankingLimits limits, ServerConfig config) {
    return new RankingService(
        by, impressions, config.topics().impressions(), limits, config.clock());
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void warmUp(ServerConfig config, List<ServedModel> cold) {
    if (config.warmUp().isZero()) {
      cold.forEach(ServedModel::setWarm);
      return;
    }
    Thread thread =
        daemon(
            new WarmUp(
                cold,
                config.warmUp(),
                copy -> rankings(copy, RankingLimits.DEFAULT, config),
                RankEndpoint::roundTrip),
            "millrace-warm-up");
    warmUps.removeIf(one -> !one.isAlive());
    thread.start();
    warmUps.add(thread);
  }

  private void endWarmUp() {
    warmUps.forEach(Thread::interrupt);
    try {
      for (Thread thread : warmUps) {
        thread.join();
      }
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
    return models.named(model).source();
  }

  /** What {@code GET /v1/status} answers: JSON. */
  public byte[] status() {
    return JsonAnswers.bytes(reporter.status());
  }

  /** All that it answers. */
  Routes routes() {
    return routes;
  }

  /** The port that the server listens on. */
  public int port() {
    return server.activeLocalPort();
  }

  private Server build(ServerConfig config) {
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
            .errorHandler(new JsonAnswers(limits, routes, this::countFailure))
            .decorator(
                EncodingService.builder().minBytesToForceChunkedEncoding(4096).newDecorator())
            .decorator(this::atTheDoor);
    routes.addTo(builder);
    return builder.build();
  }

  private Routes routes(ServerConfig config, RankEndpoint rank, PredictEndpoint predict) {
    Routes routes = new Routes(gate(config), views, this::countFailure);
    post(
        routes,
        config,
        "predict",
        (body, deadline) -> CompletableFuture.completedFuture(predict.answer(body, deadline)));
    post(routes, config, "rank", rank::answer);
    post(routes, config, "events", Role.WRITE, EventsEndpoint.events(intake));
    routes.open(
        "/health",
        (ctx, request) ->
            JsonAnswers.of(
                HttpStatus.OK, Map.of("status", "up", "problems", surroundings.problems())));
    routes.get("/ready", (ctx, request) -> ready());
    routes.view("/v1/status", ctx -> JsonAnswers.of(HttpStatus.OK, reporter.status()));
    routes.view("/v1/models", ctx -> JsonAnswers.of(HttpStatus.OK, RunningModel.all(models)));
    routes.view("/v1/history", ctx -> history(ctx.queryParam("since")), "since");
    routes.view(
        "/metrics",
        ctx ->
            HttpResponse.of(
                HttpStatus.OK,
                MediaType.parse(StatusMeters.CONTENT_TYPE),
                page.page(reporter.status())));
    routes.view(
        "/v1/rejected",
        ctx -> JsonAnswers.of(HttpStatus.OK, rejected.answer(ctx)),
        RejectedView.PARAMETERS);
    config.deployments().ifPresent(log -> models(routes, config, log));
    config.experiments().ifPresent(log -> experiments(routes, config, log));
    config.experiments().ifPresent(log -> results(routes, log));
    if (growthBook != null) {
      growthBook(routes, growthBook);
    }
    if (ofrep != null) {
      ofrep(routes, config, ofrep);
    }
    routes.document("/openapi.json", "openapi.json");
    ConsoleFile.ALL.forEach(routes::page);
    return routes;
  }

  private void results(Routes routes, ExperimentLog log) {
    ExperimentResultsEndpoint endpoint = new ExperimentResultsEndpoint(log::view, results);
    routes.view(
        "/v1/experiments/results",
        ctx -> JsonAnswers.of(HttpStatus.OK, endpoint.of(ctx.queryParam("key"))),
        "key");
  }

  private void models(Routes routes, ServerConfig config, DeploymentLog log) {
    ModelsEndpoint endpoint =
        new ModelsEndpoint(
            new ModelCatalog(
                log,
                name ->
                    config
                        .registry()
                        .latest(name)
                        .map(registered -> FeatureSchema.parse(registered.schema())),
                config.wiring().objection(),
                models::unready,
                config.clock()),
            model -> inExperiment(config, log.view(), model));
    routes.view("/v1/deployments", ctx -> JsonAnswers.of(HttpStatus.OK, endpoint.all()));
    post(routes, config, "models", Role.ADMIN, endpoint::add);
    post(routes, config, "models/state", Role.ADMIN, endpoint::state);
    post(routes, config, "aliases", Role.ADMIN, endpoint::alias);
  }

  private static void growthBook(Routes routes, GrowthBookStream stream) {
    routes.get("/api/features/{clientKey}", (ctx, request) -> stream.features());
    routes.get("/sub/{clientKey}", (ctx, request) -> stream.changes(ctx).orElseThrow(TOO_MANY));
  }

  private void ofrep(Routes routes, ServerConfig config, OfrepStream stream) {
    OfrepFlags flags = new OfrepFlags(experiments, OFREP_EVENTS);
    routes.post(
        OFREP_FLAGS,
        Role.READ,
        (ctx, request) ->
            service(config, OFREP, OfrepEndpoint.all(flags, request.headers(), ctx.queryParams()))
                .serve(ctx, request),
        OfrepEndpoint.EVENT_TAG);
    routes.post(
        OFREP_FLAGS + "/{key}",
        Role.READ,
        (ctx, request) ->
            service(config, OFREP, OfrepEndpoint.one(flags, ctx.pathParam("key")))
                .serve(ctx, request));
    routes.get(OFREP_EVENTS, (ctx, request) -> stream.changes(ctx).orElseThrow(TOO_MANY));
  }

  /** What is done with new totals of experiments. */
  private static Consumer<Map<String, List<ExperimentMetrics>>> watch(ServerConfig config) {
    return config
        .experiments()
        .map(log -> new GuardRailWatch(log, config.clock()))
        .<Consumer<Map<String, List<ExperimentMetrics>>>>map(watch -> watch::look)
        .orElse(totals -> {});
  }

  /** Why a model can't be retired: an experiment that runs has it in an arm. */
  private static Optional<String> inExperiment(
      ServerConfig config, DeploymentView deployments, String model) {
    String name = deployments.find(model).map(Deployment::name).orElse(model);
    return config.experiments().stream()
        .flatMap(log -> log.view().running().stream())
        .filter(
            experiment ->
                experiment.models().stream()
                    .anyMatch(
                        arm ->
                            deployments.find(arm).filter(d -> d.name().equals(name)).isPresent()))
        .map(
            experiment ->
                "model %s: experiment %s runs and has it in an arm, expected a model that none has; stop the experiment first"
                    .formatted(model, experiment.key()))
        .findFirst();
  }

  private void experiments(Routes routes, ServerConfig config, ExperimentLog log) {
    ExperimentsEndpoint endpoint =
        new ExperimentsEndpoint(
            new ExperimentCommands(
                log, name -> noModel(config, name), models::unready, config.clock()));
    routes.view(
        "/v1/experiments",
        ctx -> JsonAnswers.of(HttpStatus.OK, endpoint.all(ctx.queryParam("key"))),
        "key");
    post(routes, config, "experiments/exposures", Role.WRITE, EventsEndpoint.exposures(intake));
    post(routes, config, "experiments", Role.ADMIN, endpoint::add);
    post(routes, config, "experiments/state", Role.ADMIN, endpoint::state);
    post(routes, config, "experiments/ramp", Role.ADMIN, endpoint::ramp);
  }

  /** Names that there are, for one that means no model; empty for one that does. */
  private Optional<String> noModel(ServerConfig config, String name) {
    Set<String> known = new TreeSet<>();
    config
        .deployments()
        .map(DeploymentLog::view)
        .ifPresentOrElse(
            view -> {
              view.present().forEach(model -> known.add(model.name()));
              known.addAll(view.aliases().keySet());
            },
            () -> models.all().forEach(model -> known.add(model.name())));
    return known.contains(name) ? Optional.empty() : Optional.of(NearestName.hint(name, known));
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
      return JsonAnswers.of(JsonAnswers.Answer.ofFailure(e));
    }
    return service.serve(ctx, request);
  }

  private void countFailure(String path, int status) {
    String name =
        path.startsWith(OFREP_FLAGS)
            ? OFREP
            : path.startsWith("/v1/") ? path.substring("/v1/".length()) : ServerMetrics.OTHER;
    metrics.count(metrics.endpoints().contains(name) ? name : ServerMetrics.OTHER, status);
  }

  private Gate gate(ServerConfig config) {
    try {
      Optional<Path> file = config.settings().users();
      return new Gate(
          file.isEmpty() ? Optional.empty() : Optional.of(Users.read(file.get())), views);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "users: %s cannot be read: %s".formatted(config.settings().users(), e.getMessage()), e);
    }
  }

  private <T> void post(
      Routes routes, ServerConfig config, String name, BodyService.Endpoint<T> endpoint) {
    post(routes, config, name, Role.READ, endpoint);
  }

  private <T> void post(
      Routes routes,
      ServerConfig config,
      String name,
      Role role,
      BodyService.Endpoint<T> endpoint) {
    routes.post("/v1/" + name, role, service(config, name, endpoint));
  }

  private <T> BodyService<T> service(
      ServerConfig config, String name, BodyService.Endpoint<T> endpoint) {
    return new BodyService<>(name, endpoint, metrics, config.limits(), admission, workers);
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
    if (growthBook != null) {
      growthBook.close();
    }
    if (ofrep != null) {
      ofrep.close();
    }
    server.stop().join();
    if (deployed != null) {
      deployed.close();
    }
    ticker.shutdownNow();
    schemaWatch.shutdownNow();
    endWarmUp();
    workers.shutdown();
    views.shutdown();
    kafka.close();
    ingestion.close();
    rejected.close();
    results.close();
    impressions.close();
    given.close();
    models.close();
  }
}
