package io.millrace.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ObjDoubleConsumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The names that the HTTP answers, the history and the console give a learner's figures, for
 * example {@code total.auc}. A figure that is not defined has no name.
 *
 * <p>{@code total.}, {@code segment.} (the newest), {@code segments.0.} to {@code segments.7.},
 * {@code current.} and {@code uncalibrated.} are progressive; {@code cohort.}, {@code learner.} and
 * {@code learner_cohort.} are of late labels; {@code served.} is of either.
 */
public final class FigureNames {
  private static final String SERVED = "served.";
  private static final String SERVED_COHORT = "cohort.";
  private static final String LEARNER = "learner.";
  private static final String LEARNER_COHORT = "learner_cohort.";

  private FigureNames() {}

  /** Names all figures that are defined. */
  public static void forEach(LearnerFigures figures, ObjDoubleConsumer<String> to) {
    ObjDoubleConsumer<String> defined =
        (name, value) -> {
          if (Double.isFinite(value)) {
            to.accept(name, value);
          }
        };
    if (figures.byLabels() instanceof ProgressiveFigures progressive) {
      name(progressive, defined);
    } else if (figures.byLabels() instanceof LateLabelFigures late) {
      name(late.served(), SERVED, SERVED_COHORT, defined);
      name(late.learner(), LEARNER, LEARNER_COHORT, defined);
      defined.accept("learner.sample", late.sample());
    }
    defined.accept("segment.index", figures.closedSegments());
    name(figures.counts(), defined);
    figures.publishSeconds().ifPresent(seconds -> defined.accept("publish.seconds", seconds));
  }

  private static void name(ProgressiveFigures figures, ObjDoubleConsumer<String> to) {
    name(figures.total(), "total.", to);
    name(figures.lastSegment(), "segment.", to);
    for (int i = 0; i < figures.segments().size(); i++) {
      name(figures.segments().get(i), "segments." + i + ".", to);
    }
    name(figures.current(), "current.", to);
    name(figures.uncalibrated(), "uncalibrated.", to);
    name(figures.served(), SERVED, to);
  }

  private static void name(
      CohortFigures figures, String whole, String newest, ObjDoubleConsumer<String> to) {
    name(figures.all(), whole, to);
    name(figures.newest(), newest, to);
    to.accept(newest + "left_out", figures.leftOut());
    figures.countedUntil().ifPresent(time -> to.accept(newest + "counted_until", time));
    figures.nextAt().ifPresent(time -> to.accept(newest + "next_at", time));
  }

  private static void name(ExampleCounts counts, ObjDoubleConsumer<String> to) {
    to.accept("learned", counts.learned());
    to.accept("positives", counts.positives());
    to.accept("duplicates", counts.duplicates());
    to.accept("rejected", counts.rejected());
    to.accept("other_schema", counts.otherSchema());
    to.accept("other_outcome", counts.otherOutcome());
    to.accept("encoding_mismatches", counts.encodingMismatches());
    to.accept("corrections", counts.corrections());
    to.accept("taken_back", counts.takenBack());
    to.accept("withheld", counts.withheld());
    to.accept("other_arm", counts.otherArm());
  }

  private static void name(@Nullable Metrics metrics, String prefix, ObjDoubleConsumer<String> to) {
    if (metrics == null) {
      return;
    }
    to.accept(prefix + "examples", metrics.examples());
    to.accept(prefix + "positives", metrics.positives());
    to.accept(prefix + "auc", metrics.auc());
    to.accept(prefix + "logloss", metrics.logloss());
    to.accept(prefix + "normalizedEntropy", metrics.normalizedEntropy());
    to.accept(prefix + "calibration", metrics.calibration());
    to.accept(prefix + "brier", metrics.brier());
    to.accept(prefix + "ece", metrics.ece());
    to.accept(prefix + "mce", metrics.mce());
    to.accept(prefix + "ks", metrics.ks());
  }

  /**
   * The figures that an HTTP answer holds, as {@link #forEach} has named them.
   *
   * @param version of the model
   * @param figure the value of a name, NaN if there is none
   */
  public static LearnerFigures read(long version, ToDoubleFunction<String> figure) {
    double seconds = figure.applyAsDouble("publish.seconds");
    return new LearnerFigures(
        version,
        new ExampleCounts(
            count(figure, "learned"),
            count(figure, "positives"),
            count(figure, "duplicates"),
            count(figure, "rejected"),
            count(figure, "other_schema"),
            count(figure, "other_outcome"),
            count(figure, "encoding_mismatches"),
            count(figure, "corrections"),
            count(figure, "taken_back"),
            count(figure, "withheld"),
            count(figure, "other_arm")),
        (int) count(figure, "segment.index"),
        Double.isNaN(figure.applyAsDouble("learner.sample"))
            ? progressive(figure)
            : lateLabels(figure),
        Double.isNaN(seconds) ? OptionalDouble.empty() : OptionalDouble.of(seconds));
  }

  private static ProgressiveFigures progressive(ToDoubleFunction<String> figure) {
    Metrics total = metrics(figure, "total.");
    List<Metrics> segments = new ArrayList<>();
    for (int i = 0; i < ProgressiveFigures.NAMED_SEGMENTS; i++) {
      Metrics segment = metrics(figure, "segments." + i + ".");
      if (segment == null) {
        break;
      }
      segments.add(segment);
    }
    return new ProgressiveFigures(
        total == null ? Metrics.NONE : total,
        segments,
        metrics(figure, "segment."),
        metrics(figure, "current."),
        metrics(figure, "uncalibrated."),
        metrics(figure, SERVED));
  }

  private static LateLabelFigures lateLabels(ToDoubleFunction<String> figure) {
    return new LateLabelFigures(
        cohorts(figure, SERVED, SERVED_COHORT),
        cohorts(figure, LEARNER, LEARNER_COHORT),
        figure.applyAsDouble("learner.sample"));
  }

  private static CohortFigures cohorts(
      ToDoubleFunction<String> figure, String whole, String newest) {
    return new CohortFigures(
        metrics(figure, whole),
        metrics(figure, newest),
        count(figure, newest + "left_out"),
        time(figure, newest + "counted_until"),
        time(figure, newest + "next_at"));
  }

  private static OptionalLong time(ToDoubleFunction<String> figure, String name) {
    double value = figure.applyAsDouble(name);
    return Double.isNaN(value) ? OptionalLong.empty() : OptionalLong.of((long) value);
  }

  /** 0 without one. */
  private static long count(ToDoubleFunction<String> figure, String name) {
    return Math.round(figure.applyAsDouble(name));
  }

  private static @Nullable Metrics metrics(ToDoubleFunction<String> figure, String prefix) {
    if (Double.isNaN(figure.applyAsDouble(prefix + "examples"))) {
      return null;
    }
    return new Metrics(
        count(figure, prefix + "examples"),
        count(figure, prefix + "positives"),
        figure.applyAsDouble(prefix + "auc"),
        figure.applyAsDouble(prefix + "logloss"),
        figure.applyAsDouble(prefix + "normalizedEntropy"),
        figure.applyAsDouble(prefix + "calibration"),
        figure.applyAsDouble(prefix + "brier"),
        figure.applyAsDouble(prefix + "ece"),
        figure.applyAsDouble(prefix + "mce"),
        figure.applyAsDouble(prefix + "ks"));
  }
}
