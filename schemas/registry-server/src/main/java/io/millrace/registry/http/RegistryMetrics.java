package io.millrace.registry.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What a registry service counts and times, and {@code GET /metrics}, for Prometheus. */
final class RegistryMetrics {
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** As Armeria writes a parameter of a path. */
  private static final Pattern PARAMETER = Pattern.compile("/:(\\w+)");

  private static final ResponseHeaders HEADERS =
      ResponseHeaders.of(
          HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, MediaType.parse(CONTENT_TYPE));

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /**
   * @param connections how many clients are connected
   */
  RegistryMetrics(Supplier<Number> connections) {
    Gauge.builder("millrace.registry.connections", connections)
        .description("Clients that are connected.")
        .register(meters);
  }

  /** Has a request answered, and takes note of the answer when it is sent. */
  HttpResponse timed(HttpService service, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    var unused = context.log().whenComplete().thenAccept(log -> record(context, log));
    return service.serve(context, request);
  }

  private void record(ServiceRequestContext context, RequestLog log) {
    Timer.builder("millrace.registry.request.duration")
        .description("From a request's first byte to the end of its answer.")
        .tag("method", context.method().name())
        .tag(
            "route",
            PARAMETER.matcher(context.config().route().patternString()).replaceAll("/{$1}"))
        .tag("status", log.responseStatus().codeAsText())
        .register(meters)
        .record(log.totalDurationNanos(), TimeUnit.NANOSECONDS);
  }

  /** All of it, in the Prometheus text format. */
  HttpResponse page() {
    return HttpResponse.of(HEADERS, HttpData.ofUtf8(meters.scrape(CONTENT_TYPE)));
  }
}
