package io.millrace.experiment.readout;

import io.millrace.event.ExperimentMetrics;
import io.millrace.event.MetricMoments;
import io.millrace.experiment.Metric;
import io.millrace.inference.Moments;
import io.millrace.inference.Part;
import java.util.Optional;

/** The totals of one arm. */
record ArmRecord(ExperimentMetrics totals) {
  private static final String IMPRESSIONS = "impressions";

  /** What the units have of a metric, empty before its first label. */
  Optional<Moments> moments(Metric metric) {
    return moments(metric.name(), metric.kind().word());
  }

  /** Impressions that have a label of an outcome. */
  long impressions(String outcome) {
    return moments(outcome, IMPRESSIONS)
        .map(moments -> (long) moments.sum(Part.NUMERATOR))
        .orElse(0L);
  }

  private Optional<Moments> moments(String outcome, String kind) {
    for (MetricMoments metric : totals.getMetrics()) {
      if (metric.getOutcome().equals(outcome) && metric.getKind().equals(kind)) {
        byte[] bytes = new byte[metric.getMoments().remaining()];
        metric.getMoments().duplicate().get(bytes);
        return Optional.of(Moments.fromBytes(bytes));
      }
    }
    return Optional.empty();
  }
}
