package io.millrace.registry.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.access.Gate;
import io.millrace.access.Role;
import io.millrace.registry.RegistryService;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running registry service; started, it listens until it is closed. */
public final class RegistryServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryServer.class);
  private static final int WORKERS = 4;

  private final RegistryService registry;
  private final RegistryServerConfig config;
  private final Gate gate;
  private final ExecutorService questions = workers("registry-question");
  private final ExecutorService changes = workers("registry-change");
  private final ExecutorService passwords =
      Executors.newSingleThreadExecutor(named("registry-password"));
  private final EventLoopGroup eventLoops =
      EventLoopGroups.newEventLoopGroup(Runtime.getRuntime().availableProcessors(), "registry");
  private final RegistryMetrics metrics = new RegistryMetrics(this::connections);
  private final Server server;

  /**
   * Starts a service on a registry, which stays open when the service closes.
   *
   * @throws RuntimeException if the port is taken, or a certificate can't be used
   */
  public static RegistryServer start(RegistryServerConfig config, RegistryService registry) {
    RegistryServer server = new RegistryServer(config, registry);
    try {
      server.server.start().join();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    LOG.info("schema registry on {}:{}", config.host(), server.port());
    return server;
  }

  private RegistryServer(RegistryServerConfig config, RegistryService registry) {
    this.config = config;
    this.registry = registry;
    this.gate = new Gate(config.users(), passwords);
    InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
    ServerBuilder builder =
        Server.builder()
            .maxRequestLength(config.maxBodyBytes())
            .requestTimeout(config.requestTimeout())
            .gracefulShutdownTimeoutMillis(0, 2000)
            .workerGroup(eventLoops, false)
            .disableServerHeader()
            .disableDateHeader()
            .errorHandler(Answers.INSTANCE)
            .decorator(metrics::timed);
    config
        .tls()
        .ifPresentOrElse(
            tls -> builder.https(address).tls(tls.certificate(), tls.key()),
            () -> builder.http(address));
    for (Route route : new Routes(registry, config.clusterId()).all()) {
      builder
          .route()
          .path(route.path())
          .methods(route.method())
          .build(route.role() == null ? service(route) : guarded(service(route), route.role()));
    }
    ResponseHeaders described =
        ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, MediaType.JSON);
    HttpData description = HttpData.wrap(openApi());
    builder
        .route()
        .get("/openapi.json")
        .build((context, request) -> HttpResponse.of(described, description));
    builder.route().get("/metrics").build(guarded((context, request) -> metrics.page(), Role.READ));
    this.server = builder.build();
  }

  private HttpService service(Route route) {
    boolean byId = route.path().equals(Routes.BY_ID);
    return (context, request) -> {
      MediaType type = route.dialect().typeFor(request.headers());
      if (type == null) {
        return Answers.failure(HttpStatus.NOT_ACCEPTABLE);
      }
      if (!route.dialect().takes(request.contentType())) {
        return Answers.failure(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
      }
      byte[] known = byId ? knownAnswer(context) : null;
      return known != null ? Answers.ok(type, known) : answer(route, type, context, request);
    };
  }

  /** The answer for an id that is in memory; null if there is none, or more was asked for. */
  private byte @Nullable [] knownAnswer(ServiceRequestContext context) {
    String query = context.query();
    if (query != null && query.contains("fetchMaxId")) {
      return null;
    }
    String id = Objects.requireNonNull(context.pathParam("id"));
    try {
      return registry.knownAnswer(
          Integer.parseInt(id), content -> Json.write(Bodies.Schema.of(content, null)));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private HttpResponse answer(
      Route route, MediaType type, ServiceRequestContext context, HttpRequest request) {
    return HttpResponse.of(
        request
            .aggregate()
            .thenApplyAsync(
                whole -> answer(route, type, new Request(context, whole.content().array())),
                route.changes() ? changes : questions));
  }

  private static HttpResponse answer(Route route, MediaType type, Request request) {
    try {
      return Answers.ok(type, Json.write(route.answer().apply(request)));
    } catch (RuntimeException e) {
      return Answers.failure(e, route.dialect());
    }
  }

  private HttpService guarded(HttpService service, Role role) {
    if (gate.open()) {
      return service;
    }
    return (context, request) -> {
      String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
      return HttpResponse.of(
          gate.ask(authorization, role)
              .thenApply(verdict -> admitted(verdict, service, context, request)));
    };
  }

  private static HttpResponse admitted(
      Gate.Verdict verdict,
      HttpService service,
      ServiceRequestContext context,
      HttpRequest request) {
    try {
      return switch (verdict) {
        case UNKNOWN -> Answers.failure(HttpStatus.UNAUTHORIZED);
        case FORBIDDEN -> Answers.failure(HttpStatus.FORBIDDEN);
        case ADMITTED -> service.serve(context, request);
      };
    } catch (Exception e) {
      return Answers.failure(e, Dialect.CONFLUENT);
    }
  }

  /** The description of the API, as it is served. */
  static byte[] openApi() {
    try (InputStream in = RegistryServer.class.getResourceAsStream("openapi.json")) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port that the service listens on. */
  public int port() {
    return server.activeLocalPort();
  }

  /** How many clients are connected. */
  int connections() {
    return server.numConnections();
  }

  private static ExecutorService workers(String name) {
    return Executors.newFixedThreadPool(WORKERS, named(name));
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void close() {
    server.stop().join();
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    questions.shutdownNow();
    changes.shutdownNow();
    passwords.shutdownNow();
  }
}
