package io.millrace.serving.http;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How soon clicks change a model's answers, as a summary for Prometheus. The views of the models
 * keep the quantiles, and Micrometer has no meter for quantiles that something else has computed.
 */
record FreshnessSummary(Supplier<List<Status.Model>> models) implements Collector {
  private static final String NAME = "millrace_freshness_seconds";

  @Override
  public String getPrometheusName() {
    return NAME;
  }

  @Override
  public MetricSnapshot collect() {
    SummarySnapshot.Builder summary =
        SummarySnapshot.builder()
            .name(NAME)
            .help("From a click to the served version that learned from it.");
    for (Status.Model model : models.get()) {
      summary.dataPoint(
          SummarySnapshot.SummaryDataPointSnapshot.builder()
              .labels(Labels.of("model", model.name()))
              .quantiles(quantiles(model.freshness()))
              .count(model.freshness().count())
              .build());
    }
    return summary.build();
  }

  private static Quantiles quantiles(Status.Freshness freshness) {
    Quantiles.Builder quantiles = Quantiles.builder();
    add(quantiles, 0.5, freshness.p50Millis());
    add(quantiles, 0.95, freshness.p95Millis());
    add(quantiles, 0.99, freshness.p99Millis());
    return quantiles.build();
  }

  private static void add(Quantiles.Builder quantiles, double quantile, @Nullable Long millis) {
    if (millis != null) {
      quantiles.quantile(new Quantile(quantile, millis / 1e3));
    }
  }
}
