package io.millrace.metrics;

import java.util.OptionalDouble;

/**
 * What a learner says of itself at a version of its model. {@link FigureNames} has the names that
 * answers and series give the figures, {@link LearnerMetricsFormat} the form in which they travel.
 *
 * @param version of the model
 * @param counts of its examples
 * @param closedSegments evaluation segments that are over
 * @param byLabels how good its predictions are
 * @param publishSeconds from hand-over to commit of the publish before, once there was one
 */
public record LearnerFigures(
    long version,
    ExampleCounts counts,
    int closedSegments,
    LabelFigures byLabels,
    OptionalDouble publishSeconds) {

  /** The same, with the seconds that the publish before took. */
  public LearnerFigures withPublishSeconds(double seconds) {
    return new LearnerFigures(
        version, counts, closedSegments, byLabels, OptionalDouble.of(seconds));
  }

  /** The progressive figures; {@link ProgressiveFigures#NONE} where labels come late. */
  public ProgressiveFigures progressive() {
    return byLabels instanceof ProgressiveFigures progressive
        ? progressive
        : ProgressiveFigures.NONE;
  }
}
