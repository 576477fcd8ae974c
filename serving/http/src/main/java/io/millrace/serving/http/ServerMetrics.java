package io.millrace.serving.http;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.serving.http.rate.RecentTimer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a server counts and times of its own work. {@link #tick} is called by one thread, once a
 * second, everything else by any.
 */
final class ServerMetrics {
  /** Requests that reached no endpoint. */
  static final String OTHER = "other";

  private static final String REQUESTS = "millrace.requests";

  private final PrometheusMeterRegistry registry;
  private final Map<String, RecentTimer> endpoints = new LinkedHashMap<>();
  private final Map<String, RecentTimer> passes = new ConcurrentHashMap<>();

  ServerMetrics(List<String> endpoints, Collection<String> models) {
    this(endpoints, models, Clock.SYSTEM);
  }

  /**
   * @param endpoints by name; {@link #OTHER} is added
   * @param clock by which what is recent ages
   */
  ServerMetrics(List<String> endpoints, Collection<String> models, Clock clock) {
    registry =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
    endpoints.forEach(this::addEndpoint);
    addEndpoint(OTHER);
    models.forEach(this::addModel);
  }

  /** Times the passes of a further model. */
  final void addModel(String model) {
    passes.computeIfAbsent(
        model,
        name ->
            new RecentTimer(
                registry,
                "millrace.forward.duration",
                "Of a model's forward pass of one request's candidates.",
                Tags.of("model", name)));
  }

  private void addEndpoint(String name) {
    endpoints.put(
        name,
        new RecentTimer(
            registry,
            "millrace.request.duration",
            "From a request's last byte to its answer.",
            Tags.of("endpoint", name)));
  }

  /** Where further meters are registered, and what Prometheus reads. */
  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** The endpoints' names, {@link #OTHER} too. */
  Set<String> endpoints() {
    return endpoints.keySet();
  }

  /** Counts an answer that took work. */
  void record(String endpoint, int status, long nanos) {
    count(endpoint, status);
    of(endpoints, endpoint).record(nanos);
  }

  /** Counts an answer that took no work. */
  void count(String endpoint, int status) {
    Counter.builder(REQUESTS)
        .description(
            "Answers by endpoint and HTTP status; other: refusals that reached no endpoint.")
        .tag("endpoint", endpoint)
        .tag("status", Integer.toString(status))
        .register(registry)
        .increment();
  }

  /** Counts one forward pass of a model. */
  void recordPass(String model, long nanos) {
    of(passes, model).record(nanos);
  }

  void tick(long nowMillis) {
    endpoints.values().forEach(timer -> timer.tick(nowMillis));
    passes.values().forEach(timer -> timer.tick(nowMillis));
  }

  /** An endpoint's answers since the start, and how fast they were lately. */
  Status.Endpoint endpoint(String name) {
    long all = 0;
    long errors = 0;
    for (Counter counter : registry.find(REQUESTS).tag("endpoint", name).counters()) {
      long count = (long) counter.count();
      all += count;
      int status = Integer.parseInt(Objects.requireNonNull(counter.getId().getTag("status")));
      errors += status >= 400 ? count : 0;
    }
    RecentTimer.Recent recent = of(endpoints, name).recent();
    return new Status.Endpoint(
        all,
        errors,
        recent.perSecond(),
        recent.p50Millis(),
        recent.p99Millis(),
        recent.maxMillis());
  }

  /** How fast a model's forward passes were lately. */
  Status.Forward forward(String model) {
    RecentTimer.Recent recent = of(passes, model).recent();
    return new Status.Forward(recent.perSecond(), recent.p50Millis(), recent.p99Millis());
  }

  private static RecentTimer of(Map<String, RecentTimer> timers, String name) {
    return Objects.requireNonNull(timers.get(name), name);
  }
}
