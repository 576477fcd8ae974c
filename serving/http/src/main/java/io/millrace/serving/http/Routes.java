package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.file.HttpFile;
import com.linecorp.armeria.server.file.HttpFileBuilder;
import io.millrace.access.Gate;
import io.millrace.access.Role;
import io.millrace.serving.console.ConsoleFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that a server answers. */
final class Routes {
  /** No more requests for the status, metrics or history wait. */
  private static final int MAX_WAITING_VIEWS = 64;

  private static final String CONTENT_SECURITY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self';"
          + " connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

  private final List<Route> all = new ArrayList<>();
  private final Gate gate;
  private final BlockingTaskExecutor views;
  private final ObjIntConsumer<String> refusals;
  private final AtomicInteger waitingViews = new AtomicInteger();

  /**
   * @param gate who gets in
   * @param views where views are made
   * @param refusals told the path and status of a request that is refused
   */
  Routes(Gate gate, BlockingTaskExecutor views, ObjIntConsumer<String> refusals) {
    this.gate = gate;
    this.views = views;
    this.refusals = refusals;
  }

  /**
   * An endpoint that is sent bodies.
   *
   * @param parameters that the query may have
   */
  void post(String path, Role role, HttpService service, String... parameters) {
    all.add(
        new Route(HttpMethod.POST, path, role, Stream.of(parameters).sorted().toList(), service));
  }

  /** An answer that is there already. */
  void get(String path, HttpService service, String... parameters) {
    all.add(
        new Route(
            HttpMethod.GET, path, Role.READ, Stream.of(parameters).sorted().toList(), service));
  }

  /** An answer that is there already, for everybody. */
  void open(String path, HttpService service) {
    all.add(new Route(HttpMethod.GET, path, null, List.of(), service));
  }

  /**
   * An answer that takes a look at everything, on a thread of its own kind.
   *
   * @param parameters that the query may have
   */
  void view(
      String path, Function<ServiceRequestContext, HttpResponse> answer, String... parameters) {
    get(
        path,
        (ctx, request) -> {
          if (waitingViews.incrementAndGet() > MAX_WAITING_VIEWS) {
            waitingViews.decrementAndGet();
            refusals.accept(path, HttpStatus.SERVICE_UNAVAILABLE.code());
            return JsonAnswers.of(
                JsonAnswers.Answer.ofFailure(
                    RequestException.busy("Too many ask for the server's state.")));
          }
          return HttpResponse.of(
              CompletableFuture.supplyAsync(
                  () -> {
                    waitingViews.decrementAndGet();
                    return answer.apply(ctx);
                  },
                  views));
        },
        parameters);
  }

  /** A file of the console. */
  void page(ConsoleFile page) {
    get(
        page.path(),
        file(page.resource(), ConsoleFile.class)
            .addHeader(HttpHeaderNames.CONTENT_TYPE, page.contentType())
            .addHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY)
            .build()
            .asService());
  }

  /** A JSON document of this package. */
  void document(String path, String resource) {
    get(
        path,
        file(Routes.class.getPackageName().replace('.', '/') + "/" + resource, Routes.class)
            .addHeader(HttpHeaderNames.CONTENT_TYPE, MediaType.JSON_UTF_8.toString())
            .build()
            .asService());
  }

  private static HttpFileBuilder file(String resource, Class<?> of) {
    return HttpFile.builder(of.getClassLoader(), resource)
        .addHeader(HttpHeaderNames.CACHE_CONTROL, "no-cache")
        .addHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
  }

  /** Each of them. */
  List<Route> all() {
    return List.copyOf(all);
  }

  /** The methods that a path takes, as an {@code Allow} header has them; empty for no path. */
  String allowed(String path) {
    return all.stream()
        .filter(route -> route.isOf(path))
        .map(Route::allowed)
        .collect(Collectors.joining(", "));
  }

  /** All of them in words, but for the files that a page loads by itself. */
  String inWords() {
    return all.stream()
        .filter(route -> !route.path().startsWith("/console/"))
        .map(route -> route.method() + " " + route.path())
        .collect(Collectors.joining(", "));
  }

  void addTo(ServerBuilder builder) {
    for (Route route : all) {
      Role role = route.role();
      HttpService strict =
          (ctx, request) -> {
            route.checkQuery(ctx);
            return route.service().serve(ctx, request);
          };
      builder
          .route()
          .path(route.path())
          .methods(route.method())
          .build(role == null || gate.open() ? strict : guarded(route, role, strict));
    }
  }

  private HttpService guarded(Route route, Role role, HttpService service) {
    return (ctx, request) -> {
      String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
      return HttpResponse.of(
          gate.ask(authorization, role)
              .thenApply(
                  verdict ->
                      verdict == Gate.Verdict.ADMITTED
                          ? served(service, ctx, request)
                          : refused(route, role, verdict)));
    };
  }

  private static HttpResponse served(
      HttpService service, ServiceRequestContext ctx, HttpRequest request) {
    try {
      return service.serve(ctx, request);
    } catch (Exception e) {
      return HttpResponse.ofFailure(e);
    }
  }

  private HttpResponse refused(Route route, Role role, Gate.Verdict verdict) {
    RequestException refusal =
        verdict == Gate.Verdict.UNKNOWN
            ? RequestException.of(
                HttpStatus.UNAUTHORIZED,
                "This server answers its users alone, expected a name and a password.",
                HttpHeaders.of(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"millrace\""))
            : RequestException.of(
                HttpStatus.FORBIDDEN,
                "%s %s needs the role %s.".formatted(route.method(), route.path(), role.word()));
    refusals.accept(route.path(), refusal.status().code());
    return JsonAnswers.of(JsonAnswers.Answer.ofFailure(refusal));
  }
}
