package io.millrace.serving.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.wire.IngestionTotals;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /metrics}: what a server counts itself, and its status as meters. The values are those
 * of the status that {@link #page} was last given; it is called by one thread at a time.
 */
final class StatusMeters {
  /** Of the page: the Prometheus text format. */
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final MultiGauge parts;
  private final MultiGauge versions;
  private final MultiGauge ages;
  private final MultiGauge progressive;
  private final MultiGauge lag;
  private final MultiGauge eventTime;
  private volatile Status status;

  /**
   * @param status the first
   */
  StatusMeters(PrometheusMeterRegistry registry, Status status) {
    this.registry = registry;
    this.status = status;
    parts = many("millrace.part", "What the server depends on: 1 at the state it is in.");
    versions =
        many(
            "millrace.model.version",
            "The offset in examples below which the served version has learned or refused each"
                + " one.");
    ages = many("millrace.parameter.age.seconds", "Since the version was published.");
    progressive = many("millrace.progressive", "What the learner says of itself, by name.");
    lag = many("millrace.ingestion.lag", "Events in Kafka that are not yet read.");
    eventTime =
        many(
            "millrace.ingestion.event.time.seconds",
            "The event time up to which everything was joined, since 1970.");
    gauge(
        "millrace.ready",
        "Whether every model has a version and every part runs.",
        now -> now.ready() ? 1 : 0);
    impressions();
    counter(
        "millrace.events.accepted",
        "Events of POST /v1/events that Kafka has acknowledged.",
        Tags.empty(),
        now -> now.events().accepted());
    admission();
    process();
    registry.getPrometheusRegistry().register(new FreshnessSummary(() -> this.status.models()));
  }

  private MultiGauge many(String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<Status> value) {
    gauge(name, description, Tags.empty(), value);
  }

  private void gauge(String name, String description, Tags tags, ToDoubleFunction<Status> value) {
    Gauge.builder(name, () -> value.applyAsDouble(status))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void counter(String name, String description, Tags tags, ToLongFunction<Status> value) {
    FunctionCounter.builder(name, this, meters -> value.applyAsLong(meters.status))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void impressions() {
    String logged = "millrace.impressions";
    String help = "Impressions of rankings, by whether Kafka acknowledged them in time.";
    counter(logged, help, Tags.of("logged", "true"), now -> now.impressions().logged());
    counter(logged, help, Tags.of("logged", "false"), now -> now.impressions().unacknowledged());
    counter(
        "millrace.impressions.dropped",
        "Impressions given up: no room, or no Kafka for too long.",
        Tags.empty(),
        now -> now.impressions().dropped());
    gauge(
        "millrace.impressions.waiting",
        "Impressions that Kafka has not acknowledged.",
        now -> now.impressions().waiting());
    gauge(
        "millrace.impressions.waiting.bytes",
        "Bytes of those.",
        now -> now.impressions().waitingBytes());
  }

  private void admission() {
    gauge(
        "millrace.in.flight.bytes",
        "Bodies being received, waiting or worked on.",
        now -> now.admission().bytesInFlight());
    gauge(
        "millrace.in.flight.requests",
        "Scoring requests that are not answered.",
        now -> now.admission().requestsInFlight());
    gauge(
        "millrace.in.flight.candidates",
        "Candidates waiting or worked on.",
        now -> now.admission().candidatesInFlight());
    for (Admission.Reason reason : Admission.Reason.values()) {
      counter(
          "millrace.requests.refused",
          "Requests refused by what there was too much of in flight.",
          Tags.of("reason", reason.label()),
          now -> now.admission().refused().of(reason));
    }
    counter(
        "millrace.requests.abandoned",
        "Requests whose time was up or whose client was gone before their answer.",
        Tags.empty(),
        now -> now.admission().abandoned());
  }

  private void process() {
    Runtime runtime = Runtime.getRuntime();
    String heap = "millrace.heap.bytes";
    gauge(
        heap,
        "The process's heap.",
        Tags.of("state", "used"),
        now -> runtime.totalMemory() - runtime.freeMemory());
    gauge(heap, "The process's heap.", Tags.of("state", "max"), now -> runtime.maxMemory());
    gauge(
        "millrace.threads",
        "The process's threads.",
        now -> ManagementFactory.getThreadMXBean().getThreadCount());
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      FunctionCounter.builder(
              "millrace.gc.seconds",
              collector,
              bean -> Math.max(0, bean.getCollectionTime()) * 1e-3)
          .description("Spent in garbage collection.")
          .tag("collector", collector.getName())
          .register(registry);
    }
    gauge(
        "millrace.uptime.seconds",
        "Since the server was started.",
        now -> (now.time() - now.startedTime()) * 1e-3);
  }

  /** The page for a status. */
  String page(Status now) {
    status = now;
    parts.register(
        now.parts().stream()
            .<MultiGauge.Row<?>>map(
                part -> MultiGauge.Row.of(Tags.of("part", part.name(), "state", part.state()), 1))
            .toList(),
        true);
    List<MultiGauge.Row<?>> version = new ArrayList<>();
    List<MultiGauge.Row<?>> age = new ArrayList<>();
    List<MultiGauge.Row<?>> metrics = new ArrayList<>();
    for (Status.Model model : now.models()) {
      Tags tags = Tags.of("model", model.name());
      addIfKnown(version, tags, model.version(), 1);
      addIfKnown(age, tags, model.ageMillis(), 1e-3);
      model
          .metrics()
          .forEach(
              (name, value) -> metrics.add(MultiGauge.Row.of(tags.and("metric", name), value)));
    }
    versions.register(version, true);
    ages.register(age, true);
    progressive.register(metrics, true);
    ingestion(now.ingestion());
    for (String reason : now.events().rejected().keySet()) {
      counter(
          "millrace.events.rejected",
          "Events of POST /v1/events that were rejected at once, by reason.",
          Tags.of("reason", reason),
          then -> then.events().rejected().getOrDefault(reason, 0L));
    }
    return registry.scrape(CONTENT_TYPE);
  }

  private void ingestion(Status.Ingestion now) {
    List<MultiGauge.Row<?>> events = new ArrayList<>();
    List<MultiGauge.Row<?>> time = new ArrayList<>();
    addIfKnown(events, Tags.empty(), now.lag(), 1);
    addIfKnown(time, Tags.empty(), now.eventTime(), 1e-3);
    lag.register(events, true);
    eventTime.register(time, true);
    for (IngestionTotals.Counted outcome : now.totals().counted()) {
      counter(
          "millrace.ingestion.events",
          "The ingestion job's totals since its first start, by outcome.",
          Tags.of("outcome", outcome.name()),
          then -> then.ingestion().totals().of(outcome));
    }
  }

  private static void addIfKnown(
      List<MultiGauge.Row<?>> rows, Tags tags, @Nullable Long value, double unit) {
    if (value != null) {
      rows.add(MultiGauge.Row.of(tags, value * unit));
    }
  }
}
