package io.millrace.cli;

import io.millrace.demo.DemoFigures;
import io.millrace.metrics.TruthMetrics;
import io.millrace.serving.http.StatusValue;
import io.millrace.serving.http.StatusValue.Count;
import io.millrace.serving.http.StatusValue.Figure;
import java.util.ArrayList;
import java.util.List;

/** A demo's figures as values of its server's status; the console draws them by these names. */
final class DemoStatus {
  private DemoStatus() {}

  static List<StatusValue> of(DemoFigures figures) {
    List<StatusValue> values = new ArrayList<>();
    add(values, "truth.", figures.truth());
    add(values, "truth.minute.", figures.lastMinute());
    values.add(new Count("demo.requests", figures.requests()));
    values.add(new Count("demo.failedRequests", figures.failed()));
    values.add(new Count("demo.inFlight", figures.inFlight()));
    return values;
  }

  private static void add(List<StatusValue> values, String prefix, TruthMetrics metrics) {
    add(values, prefix + "auc", metrics.auc());
    add(values, prefix + "ceiling", metrics.ceiling());
    add(values, prefix + "logloss", metrics.logloss());
    add(values, prefix + "floor", metrics.floor());
    add(values, prefix + "calibration", metrics.calibration());
  }

  private static void add(List<StatusValue> values, String name, double value) {
    if (Double.isFinite(value)) {
      values.add(new Figure(name, value));
    }
  }
}
