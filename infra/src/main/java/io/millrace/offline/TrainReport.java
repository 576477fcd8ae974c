package io.millrace.offline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.metrics.Metrics;
import io.millrace.trainer.Epoch;
import io.millrace.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
    Files.writeString(
        file,
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this)
            + "\n");
  }

  /** A line for an epoch. */
  public static String line(Epoch epoch) {
    return String.format(
        Locale.ROOT,
        "epoch %3d  loss %.4f  valid AUC %.5f logloss %.4f  rate x%s  %,.0f examples/s%s",
        epoch.number(),
        epoch.loss(),
        epoch.valid().auc(),
        epoch.valid().logloss(),
        epoch.rate(),
        epoch.examplesPerSecond(),
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
    row(out, "AUC", valid.auc(), test == null ? Double.NaN : test.auc());
    row(out, "logloss", valid.logloss(), test == null ? Double.NaN : test.logloss());
    row(
        out,
        "predicted/actual",
        valid.calibration(),
        test == null ? Double.NaN : test.calibration());
    return out.toString();
  }

  private static void row(StringBuilder out, String name, double valid, double test) {
    out.append(
        String.format(
            Locale.ROOT,
            "%-20s %10.5f %10s%n",
            name,
            valid,
            Double.isNaN(test) ? "-" : String.format(Locale.ROOT, "%.5f", test)));
  }
}
