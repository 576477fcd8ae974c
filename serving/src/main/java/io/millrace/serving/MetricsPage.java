package io.millrace.serving;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code GET /metrics}: the status as Prometheus reads it, with whole latency histograms. */
final class MetricsPage {
  private MetricsPage() {}

  static String of(
      Status status, Map<String, EndpointMetrics> endpoints, Map<String, Durations> forwards) {
    PrometheusText text = new PrometheusText();
    text.family("millrace_ready", "gauge", "Whether every model has a version.")
        .sample("millrace_ready", Map.of(), status.ready() ? 1 : 0);
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
    models(text, status);
    text.family("millrace_ingestion_events", "gauge", "The ingestion job's totals by outcome.");
    status
        .ingestion()
        .counts()
        .forEach(
            (outcome, count) ->
                text.sample("millrace_ingestion_events", Map.of("outcome", outcome), count));
    return text.toString();
  }

  private static void requests(PrometheusText text, Map<String, EndpointMetrics> endpoints) {
    text.family("millrace_requests_total", "counter", "Answers by endpoint and HTTP status.");
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
    text.family("millrace_model_version", "gauge", "Examples that the served version has learned.");
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
    text.family("millrace_progressive", "gauge", "Progressive-validation metrics by name.");
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
