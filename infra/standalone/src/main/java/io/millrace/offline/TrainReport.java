package io.millrace.offline;

import io.millrace.metrics.Metrics;
import io.millrace.standalone.ReportFile;
import io.millrace.trainer.Epoch;
import io.millrace.trainer.MaskedFields;
import io.millrace.trainer.Pretraining;
import io.millrace.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a training run found.
 *
 * @param kind of the model
 * @param trainExamples in the training set
 * @param bestEpoch whose weights were kept
 * @param valid their metrics on the validation set
 * @param test their metrics on the test set, if there is one
 * @param examplesPerSecond in training, median over the epochs
 * @param seconds of training and validation
 * @param training the settings
 */
public record TrainReport(
    String kind,
    int trainExamples,
    int bestEpoch,
    Metrics valid,
    @Nullable Metrics test,
    double examplesPerSecond,
    double seconds,
    TrainerConfig training,
    List<Epoch> epochs) {

  /** Writes the report as JSON. */
  public void write(Path file) throws IOException {
    ReportFile.write(file, this);
  }

  /** A line for an epoch of pre-training. */
  public static String line(Pretraining.PretrainingEpoch epoch) {
    return String.format(
        Locale.ROOT,
        "pre-training epoch %3d  loss %.4f  of the variance unexplained %.3f  effective rank %.1f",
        epoch.number(),
        epoch.loss(),
        epoch.unexplained(),
        epoch.spread().effectiveRank());
  }

  /** A line for an epoch of pre-training by masked fields. */
  public static String line(MaskedFields.MaskedEpoch epoch) {
    return String.format(
        Locale.ROOT,
        "pre-training epoch %3d  loss %.4f  (of telling a masked value from a sampled one)",
        epoch.number(),
        epoch.loss());
  }

  /** A line for what is known before the first epoch, and what was chosen by the data. */
  public static String line(TrainerConfig settings, Metrics untrained) {
    return String.format(
        Locale.ROOT,
        "epoch   0  valid logloss %.4f, of the share of positives alone  batches of %,d  L2 %s",
        untrained.logloss(),
        settings.batchSize(),
        settings.l2() == null ? "by field" : String.format(Locale.ROOT, "%.2g", settings.l2()));
  }

  /** A line for an epoch. */
  public static String line(Epoch epoch) {
    return String.format(
        Locale.ROOT,
        "epoch %3d  loss %.4f  valid AUC %.5f logloss %.4f ECE %.4f  rate x%s  %,.0f examples/s%s%s",
        epoch.number(),
        epoch.loss(),
        epoch.valid().auc(),
        epoch.valid().logloss(),
        epoch.valid().ece(),
        (float) epoch.rate(), // 0.2 times 0.2 is 0.04 to a reader
        epoch.examplesPerSecond(),
        epoch.targets() == Epoch.Targets.CALIBRATED ? "  calibrated targets" : "",
        epoch.best() ? "  best" : "");
  }

  /** The closing table. */
  public String table() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%n%s: %,d examples, best epoch %d of %d, %,.0f examples/s, %.1f s%n%-20s %10s %10s%n",
            kind,
            trainExamples,
            bestEpoch,
            epochs.size(),
            examplesPerSecond,
            seconds,
            "",
            "valid",
            "test"));
    row(out, "AUC", Metrics::auc);
    row(out, "logloss", Metrics::logloss);
    row(out, "predicted/actual", Metrics::calibration);
    row(out, "Brier", Metrics::brier);
    row(out, "ECE", Metrics::ece);
    row(out, "MCE", Metrics::mce);
    row(out, "KS", Metrics::ks);
    return out.toString();
  }

  private void row(StringBuilder out, String name, ToDoubleFunction<Metrics> metric) {
    out.append(
        String.format(
            Locale.ROOT,
            "%-20s %10.5f %10s%n",
            name,
            metric.applyAsDouble(valid),
            test == null ? "-" : String.format(Locale.ROOT, "%.5f", metric.applyAsDouble(test))));
  }
}
