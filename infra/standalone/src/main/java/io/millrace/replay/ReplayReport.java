package io.millrace.replay;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.millrace.metrics.Metrics;
import io.millrace.standalone.ReportFile;
import io.millrace.wire.RejectedReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a replay found.
 *
 * @param whole progressive: each example is predicted before it is learned; its fields stand in the
 *     report itself
 * @param secondHalf the same for the second half of the stream
 * @param examplesPerSecond learned in this run over its seconds
 * @param eventsPerSecond impressions and clicks of this run over its seconds
 * @param seconds from the first event written to the last version served
 * @param freshnessP50Millis from a click's write to a served version that has learned it
 * @param rejected events in {@code rejected}
 * @param rows of the file
 * @param reasons why events were rejected, with the first of each kind
 * @param modelVersion the last one served
 * @param peakMemoryBytes resident memory of the process at its highest
 */
@JsonPropertyOrder({"file", "format", "model"})
public record ReplayReport(
    String file,
    String format,
    String model,
    @JsonUnwrapped Metrics whole,
    Metrics secondHalf,
    double examplesPerSecond,
    double eventsPerSecond,
    double seconds,
    double freshnessP50Millis,
    double freshnessP99Millis,
    long rejected,
    long rows,
    List<RejectedReason> reasons,
    long modelVersion,
    long peakMemoryBytes) {

  /** Writes the report as JSON. */
  public void write(Path file) throws IOException {
    ReportFile.write(file, this);
  }

  /** The closing table. */
  public String table() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT, "%n%-22s %12s %12s%n", file + " · " + model, "whole", "second half"));
    row(out, "examples", "%,d", whole.examples(), secondHalf.examples());
    row(out, "positives", "%,d", whole.positives(), secondHalf.positives());
    row(out, "AUC", "%.4f", whole.auc(), secondHalf.auc());
    row(out, "logloss", "%.4f", whole.logloss(), secondHalf.logloss());
    row(
        out,
        "normalized entropy",
        "%.4f",
        whole.normalizedEntropy(),
        secondHalf.normalizedEntropy());
    row(out, "predicted/actual", "%.4f", whole.calibration(), secondHalf.calibration());
    row(out, "Brier", "%.4f", whole.brier(), secondHalf.brier());
    row(out, "ECE", "%.4f", whole.ece(), secondHalf.ece());
    row(out, "MCE", "%.4f", whole.mce(), secondHalf.mce());
    row(out, "KS", "%.4f", whole.ks(), secondHalf.ks());
    one(out, "examples/s", "%,.0f", examplesPerSecond);
    one(out, "events/s", "%,.0f", eventsPerSecond);
    one(out, "seconds", "%.1f", seconds);
    one(out, "freshness p50 ms", "%,.0f", freshnessP50Millis);
    one(out, "freshness p99 ms", "%,.0f", freshnessP99Millis);
    one(out, "rejected", "%,d", rejected);
    one(out, "model version", "%,d", modelVersion);
    one(out, "peak memory MB", "%,d", peakMemoryBytes >> 20);
    reasons.stream()
        .flatMap(reason -> reason.lines().stream())
        .forEach(line -> out.append(line).append(System.lineSeparator()));
    return out.toString();
  }

  /** The share of the file's rows that nothing was learned from, 0 to 1. */
  public double rejectedShare() {
    return rows == 0 ? 0 : (double) rejected / rows;
  }

  private static void row(
      StringBuilder out, String name, String format, Object whole, Object half) {
    out.append(
        String.format(
            Locale.ROOT, "%-22s %12s %12s%n", name, number(format, whole), number(format, half)));
  }

  /** A figure that is none, as that of no example, has a dash. */
  private static String number(String format, Object value) {
    return value instanceof Double figure && !Double.isFinite(figure)
        ? "–"
        : String.format(Locale.ROOT, format, value);
  }

  private static void one(StringBuilder out, String name, String format, Object value) {
    out.append(String.format(Locale.ROOT, "%-22s %12s%n", name, number(format, value)));
  }
}
