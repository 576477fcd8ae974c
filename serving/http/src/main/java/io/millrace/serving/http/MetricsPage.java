package io.millrace.serving.http;

import io.millrace.ranking.ImpressionLog;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code GET /metrics}: the status as Prometheus reads it, with whole latency histograms. */
final class MetricsPage {
  private MetricsPage() {}

  static String of(
      Status status, Map<String, EndpointMetrics> endpoints, Map<String, Durations> forwards) {
    PrometheusText text = new PrometheusText();
    text.family("millrace_ready", "gauge", "Whether every model has a version and every part runs.")
        .sample("millrace_ready", Map.of(), status.ready() ? 1 : 0);
    parts(text, status);
    requests(text, endpoints);
    forwards(text, forwards);
    text.family(
            "millrace_impressions_total",
            "counter",
            "Impressions of rankings, by whether Kafka acknowledged them in time.")
        .sample(
            "millrace_impressions_total", Map.of("logged", "true"), status.impressions().logged())
        .sample(
            "millrace_impressions_total",
            Map.of("logged", "false"),
            status.impressions().unacknowledged());
    buffer(text, status.impressions());
    admission(text, status.admission());
    process(text, status);
    models(text, status);
    text.family("millrace_ingestion_lag", "gauge", "Events in Kafka that are not yet read.");
    sample(text, "millrace_ingestion_lag", Map.of(), status.ingestion().lag(), 1);
    text.family(
        "millrace_ingestion_event_time_seconds",
        "gauge",
        "The event time up to which everything was joined, since 1970.");
    sample(
        text,
        "millrace_ingestion_event_time_seconds",
        Map.of(),
        status.ingestion().eventTime(),
        1e-3);
    text.family("millrace_ingestion_events", "gauge", "The ingestion job's totals by outcome.");
    status
        .ingestion()
        .counts()
        .forEach(
            (outcome, count) ->
                text.sample("millrace_ingestion_events", Map.of("outcome", outcome), count));
    return text.toString();
  }

  private static void parts(PrometheusText text, Status status) {
    text.family("millrace_part", "gauge", "What the server depends on: 1 at the state it is in.");
    for (Status.PartState part : status.parts()) {
      text.sample("millrace_part", labels("part", part.name(), "state", part.state()), 1);
    }
  }

  private static void buffer(PrometheusText text, ImpressionLog.Counts counts) {
    text.family(
            "millrace_impressions_dropped_total",
            "counter",
            "Impressions given up: no room, or no Kafka for too long.")
        .sample("millrace_impressions_dropped_total", Map.of(), counts.dropped())
        .family(
            "millrace_impressions_waiting", "gauge", "Impressions that Kafka has not acknowledged.")
        .sample("millrace_impressions_waiting", Map.of(), counts.waiting())
        .family("millrace_impressions_waiting_bytes", "gauge", "Bytes of those.")
        .sample("millrace_impressions_waiting_bytes", Map.of(), counts.waitingBytes());
  }

  private static void admission(PrometheusText text, Admission.Counts counts) {
    text.family("millrace_in_flight_bytes", "gauge", "Bodies being received, waiting or worked on.")
        .sample("millrace_in_flight_bytes", Map.of(), counts.bytesInFlight())
        .family("millrace_in_flight_requests", "gauge", "Scoring requests that are not answered.")
        .sample("millrace_in_flight_requests", Map.of(), counts.requestsInFlight())
        .family("millrace_in_flight_candidates", "gauge", "Candidates waiting or worked on.")
        .sample("millrace_in_flight_candidates", Map.of(), counts.candidatesInFlight());
    String refused = "millrace_requests_refused_total";
    text.family(refused, "counter", "Requests refused by what there was too much of in flight.");
    counts
        .refused()
        .forEach((reason, count) -> text.sample(refused, Map.of("reason", reason), count));
    text.family(
            "millrace_requests_abandoned_total",
            "counter",
            "Requests whose time was up or whose client was gone before their answer.")
        .sample("millrace_requests_abandoned_total", Map.of(), counts.abandoned());
  }

  private static void process(PrometheusText text, Status status) {
    Runtime runtime = Runtime.getRuntime();
    text.family("millrace_heap_bytes", "gauge", "The process's heap.")
        .sample(
            "millrace_heap_bytes",
            Map.of("state", "used"),
            runtime.totalMemory() - runtime.freeMemory())
        .sample("millrace_heap_bytes", Map.of("state", "max"), runtime.maxMemory())
        .family("millrace_threads", "gauge", "The process's threads.")
        .sample("millrace_threads", Map.of(), ManagementFactory.getThreadMXBean().getThreadCount());
    text.family("millrace_gc_seconds_total", "counter", "Spent in garbage collection.");
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      text.sample(
          "millrace_gc_seconds_total",
          Map.of("collector", collector.getName()),
          Math.max(0, collector.getCollectionTime()) * 1e-3);
    }
    text.family("millrace_uptime_seconds", "gauge", "Since the server was started.")
        .sample("millrace_uptime_seconds", Map.of(), (status.time() - status.startedTime()) * 1e-3);
  }

  private static void requests(PrometheusText text, Map<String, EndpointMetrics> endpoints) {
    text.family(
        "millrace_requests_total",
        "counter",
        "Answers by endpoint and HTTP status; other: refusals that reached no endpoint.");
    endpoints.forEach(
        (name, metrics) ->
            metrics
                .statuses()
                .forEach(
                    (code, count) ->
                        text.sample(
                            "millrace_requests_total",
                            labels("endpoint", name, "status", Integer.toString(code)),
                            count)));
    String family = "millrace_request_duration_seconds";
    text.family(family, "histogram", "From a request's last byte to its answer.");
    endpoints.forEach(
        (name, metrics) -> histogram(text, family, "endpoint", name, metrics.durations()));
  }

  private static void forwards(PrometheusText text, Map<String, Durations> forwards) {
    String family = "millrace_forward_duration_seconds";
    text.family(family, "histogram", "Of a model's forward pass of one request's candidates.");
    forwards.forEach((name, durations) -> histogram(text, family, "model", name, durations));
  }

  private static void histogram(
      PrometheusText text, String family, String label, String name, Durations durations) {
    Durations.Totals totals = durations.totals();
    long cumulative = 0;
    for (int i = 0; i < totals.counts().length; i++) {
      cumulative += totals.counts()[i];
      String bound = i < Durations.BUCKETS.length ? Double.toString(Durations.BUCKETS[i]) : "+Inf";
      text.sample(family + "_bucket", labels(label, name, "le", bound), cumulative);
    }
    text.sample(family + "_sum", Map.of(label, name), totals.sumSeconds());
    text.sample(family + "_count", Map.of(label, name), cumulative);
  }

  private static void models(PrometheusText text, Status status) {
    text.family(
        "millrace_model_version",
        "gauge",
        "The offset in examples below which the served version has learned or refused each one.");
    for (Status.Model model : status.models()) {
      sample(text, "millrace_model_version", Map.of("model", model.name()), model.version(), 1);
    }
    text.family("millrace_parameter_age_seconds", "gauge", "Since the version was published.");
    for (Status.Model model : status.models()) {
      Map<String, String> labels = Map.of("model", model.name());
      sample(text, "millrace_parameter_age_seconds", labels, model.ageMillis(), 1e-3);
    }
    String fresh = "millrace_freshness_seconds";
    text.family(fresh, "summary", "From a click to the served version that learned from it.");
    for (Status.Model model : status.models()) {
      Status.Freshness f = model.freshness();
      sample(text, fresh, labels("model", model.name(), "quantile", "0.5"), f.p50Millis(), 1e-3);
      sample(text, fresh, labels("model", model.name(), "quantile", "0.95"), f.p95Millis(), 1e-3);
      sample(text, fresh, labels("model", model.name(), "quantile", "0.99"), f.p99Millis(), 1e-3);
      text.sample(fresh + "_count", Map.of("model", model.name()), f.count());
    }
    text.family("millrace_progressive", "gauge", "What the learner says of itself, by name.");
    for (Status.Model model : status.models()) {
      model
          .metrics()
          .forEach(
              (metric, value) ->
                  text.sample(
                      "millrace_progressive",
                      labels("model", model.name(), "metric", metric),
                      value));
    }
  }

  private static void sample(
      PrometheusText text,
      String name,
      Map<String, String> labels,
      @Nullable Long value,
      double unit) {
    if (value != null) {
      text.sample(name, labels, value * unit);
    }
  }

  private static Map<String, String> labels(String a, String b, String c, String d) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(a, b);
    labels.put(c, d);
    return labels;
  }
}
