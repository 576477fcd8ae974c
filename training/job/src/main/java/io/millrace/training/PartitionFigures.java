package io.millrace.training;

import io.millrace.learner.Learner;
import io.millrace.metrics.Cohorts;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.ExampleCounts;
import io.millrace.metrics.LabelFigures;
import io.millrace.metrics.LateLabelFigures;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.Metrics;
import io.millrace.metrics.ProgressiveFigures;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The figures that go with a publish. */
final class PartitionFigures {
  private PartitionFigures() {}

  /**
   * Of a stream whose labels are final when they come: progressive ones since the start, of the
   * segments, and of what was served. Of one whose labels come late, in complete cohorts, all and
   * the newest: what was served, and what the learner said of impressions that nobody has logged an
   * answer for. Over all examples a figure would compare predictions with labels that may change.
   */
  static LearnerFigures of(
      long version,
      Learner learner,
      Evaluation served,
      Cohorts cohorts,
      Predictions said,
      PartitionCounts counts) {
    LabelFigures byLabels =
        counts.provisional() > 0
            ? new LateLabelFigures(cohorts.figures(), said.cohorts().figures(), said.share())
            : progressive(learner, served);
    return new LearnerFigures(
        version,
        counts(learner, counts),
        learner.closedSegments().size(),
        byLabels,
        OptionalDouble.empty());
  }

  private static ProgressiveFigures progressive(Learner learner, Evaluation served) {
    List<Metrics> closed = learner.closedSegments();
    return new ProgressiveFigures(
        learner.total().metrics(),
        closed.subList(0, Math.min(closed.size(), ProgressiveFigures.NAMED_SEGMENTS)),
        closed.isEmpty() ? null : closed.get(closed.size() - 1),
        defined(learner.segment()),
        defined(learner.uncalibrated()),
        defined(served));
  }

  private static @Nullable Metrics defined(Evaluation evaluation) {
    return evaluation.examples() == 0 ? null : evaluation.metrics();
  }

  private static ExampleCounts counts(Learner learner, PartitionCounts counts) {
    long corrected = counts.corrections() - counts.takenBack();
    return new ExampleCounts(
        learner.total().examples(),
        learner.total().positives() + corrected,
        counts.duplicates(),
        counts.rejected(),
        counts.otherSchema(),
        counts.otherOutcome(),
        counts.mismatches(),
        counts.corrections(),
        counts.takenBack(),
        counts.withheld(),
        counts.otherArm());
  }
}
