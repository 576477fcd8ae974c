package io.millrace.metrics;

import io.millrace.event.CohortMetrics;
import io.millrace.event.EvaluationMetrics;
import io.millrace.event.LateLabelMetrics;
import io.millrace.event.LearnerCounts;
import io.millrace.event.LearnerMetrics;
import io.millrace.event.ProgressiveMetrics;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a learner's figures travel: the contract {@link LearnerMetrics}, on {@code
 * learner-metrics.<model>}. A figure that is not finite is null there, and NaN here.
 *
 * <p>Manifests that were written before this contract hold a map of metrics, which is ignored: of a
 * data directory of before there are no figures until its learner publishes, which it does first.
 */
public final class LearnerMetricsFormat {
  private LearnerMetricsFormat() {}

  /** The record of a version of a model. */
  public static LearnerMetrics write(String model, long incarnation, LearnerFigures figures) {
    OptionalDouble seconds = figures.publishSeconds();
    return new LearnerMetrics(
        model,
        figures.version(),
        incarnation,
        write(figures.counts()),
        figures.closedSegments(),
        figures.byLabels() instanceof ProgressiveFigures progressive ? write(progressive) : null,
        figures.byLabels() instanceof LateLabelFigures late
            ? new LateLabelMetrics(write(late.served()), write(late.learner()), late.sample())
            : null,
        seconds.isPresent() ? finite(seconds.getAsDouble()) : null);
  }

  private static LearnerCounts write(ExampleCounts counts) {
    return new LearnerCounts(
        counts.learned(),
        counts.positives(),
        counts.duplicates(),
        counts.rejected(),
        counts.otherSchema(),
        counts.otherOutcome(),
        counts.encodingMismatches(),
        counts.corrections(),
        counts.takenBack(),
        counts.withheld(),
        counts.otherArm());
  }

  private static ProgressiveMetrics write(ProgressiveFigures figures) {
    return new ProgressiveMetrics(
        writeDefined(figures.total()),
        figures.segments().stream().map(LearnerMetricsFormat::writeDefined).toList(),
        write(figures.lastSegment()),
        write(figures.current()),
        write(figures.uncalibrated()),
        write(figures.served()));
  }

  private static CohortMetrics write(CohortFigures figures) {
    return new CohortMetrics(
        write(figures.all()),
        write(figures.newest()),
        figures.leftOut(),
        instant(figures.countedUntil()),
        instant(figures.nextAt()));
  }

  private static @Nullable EvaluationMetrics write(@Nullable Metrics metrics) {
    return metrics == null ? null : writeDefined(metrics);
  }

  private static EvaluationMetrics writeDefined(Metrics metrics) {
    return new EvaluationMetrics(
        metrics.examples(),
        metrics.positives(),
        finite(metrics.auc()),
        finite(metrics.logloss()),
        finite(metrics.normalizedEntropy()),
        finite(metrics.calibration()),
        finite(metrics.brier()),
        finite(metrics.ece()),
        finite(metrics.mce()),
        finite(metrics.ks()));
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  private static @Nullable Instant instant(OptionalLong millis) {
    return millis.isPresent() ? Instant.ofEpochMilli(millis.getAsLong()) : null;
  }

  /**
   * The figures of a record.
   *
   * @throws IllegalArgumentException if it holds figures neither of final nor of late labels
   */
  public static LearnerFigures read(LearnerMetrics metrics) {
    LearnerCounts counts = metrics.getCounts();
    Double seconds = metrics.getPublishSeconds();
    return new LearnerFigures(
        metrics.getVersion(),
        new ExampleCounts(
            counts.getLearned(),
            counts.getPositives(),
            counts.getDuplicates(),
            counts.getRejected(),
            counts.getOtherSchema(),
            counts.getOtherOutcome(),
            counts.getEncodingMismatches(),
            counts.getCorrections(),
            counts.getTakenBack(),
            counts.getWithheld(),
            counts.getOtherArm()),
        metrics.getClosedSegments(),
        byLabels(metrics),
        seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds));
  }

  private static LabelFigures byLabels(LearnerMetrics metrics) {
    ProgressiveMetrics progressive = metrics.getProgressive();
    LateLabelMetrics late = metrics.getLateLabels();
    if (progressive != null) {
      List<Metrics> segments =
          progressive.getSegments().stream().map(LearnerMetricsFormat::readDefined).toList();
      return new ProgressiveFigures(
          readDefined(progressive.getTotal()),
          segments,
          read(progressive.getLastSegment()),
          read(progressive.getCurrent()),
          read(progressive.getUncalibrated()),
          read(progressive.getServed()));
    }
    if (late != null) {
      return new LateLabelFigures(
          read(late.getServed()), read(late.getLearner()), late.getSample());
    }
    throw new IllegalArgumentException(
        "learner metrics of model %s version %d: progressive and late_labels are null, expected one of them"
            .formatted(metrics.getModel(), metrics.getVersion()));
  }

  private static CohortFigures read(CohortMetrics metrics) {
    return new CohortFigures(
        read(metrics.getAll()),
        read(metrics.getNewest()),
        metrics.getLeftOut(),
        millis(metrics.getCountedUntil()),
        millis(metrics.getNextAt()));
  }

  private static @Nullable Metrics read(@Nullable EvaluationMetrics metrics) {
    return metrics == null ? null : readDefined(metrics);
  }

  private static Metrics readDefined(EvaluationMetrics metrics) {
    return new Metrics(
        metrics.getExamples(),
        metrics.getPositives(),
        orNaN(metrics.getAuc()),
        orNaN(metrics.getLogloss()),
        orNaN(metrics.getNormalizedEntropy()),
        orNaN(metrics.getCalibration()),
        orNaN(metrics.getBrier()),
        orNaN(metrics.getEce()),
        orNaN(metrics.getMce()),
        orNaN(metrics.getKs()));
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }

  private static OptionalLong millis(@Nullable Instant time) {
    return time == null ? OptionalLong.empty() : OptionalLong.of(time.toEpochMilli());
  }
}
