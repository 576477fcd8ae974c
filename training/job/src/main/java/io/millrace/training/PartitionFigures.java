package io.millrace.training;

import io.millrace.learner.Learner;
import io.millrace.metrics.Cohorts;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The metrics of a manifest, by name. */
final class LaneMetrics {
  /** The first segments have names of their own, {@code segments.0.} to {@code segments.7.}. */
  private static final int NAMED_SEGMENTS = 8;

  private LaneMetrics() {}

  /**
   * Of a stream whose labels are final when they come: progressive ones since the start, of the
   * segments, and of what was served. Of one whose labels come late, in complete cohorts, all and
   * the newest: what was served, and what the learner said of impressions that nobody has logged an
   * answer for. Over all examples a figure would compare predictions with labels that may change.
   */
  static Map<String, Double> of(
      Learner learner, Evaluation served, Cohorts cohorts, Predictions said, LaneCounts counts) {
    Map<String, Double> all = new HashMap<>();
    List<Metrics> closed = learner.closedSegments();
    if (counts.provisional() > 0) {
      put(all, cohorts, "served.", "cohort.");
      put(all, said.cohorts(), "learner.", "learner_cohort.");
      all.put("learner.sample", said.share());
    } else {
      putProgressive(all, learner, closed);
      put(all, "served.", served);
    }
    all.put("segment.index", (double) closed.size());
    all.put("learned", (double) learner.total().examples());
    long corrected = counts.corrections() - counts.takenBack();
    all.put("positives", (double) (learner.total().positives() + corrected));
    all.put("duplicates", (double) counts.duplicates());
    all.put("rejected", (double) counts.rejected());
    all.put("other_schema", (double) counts.otherSchema());
    all.put("other_outcome", (double) counts.otherOutcome());
    all.put("encoding_mismatches", (double) counts.mismatches());
    all.put("corrections", (double) counts.corrections());
    all.put("taken_back", (double) counts.takenBack());
    return all;
  }

  private static void put(Map<String, Double> all, Cohorts cohorts, String whole, String newest) {
    put(all, whole, cohorts.all());
    put(all, newest, cohorts.newest());
    cohorts.facts().forEach((name, value) -> all.put(newest + name, value));
  }

  private static void putProgressive(
      Map<String, Double> all, Learner learner, List<Metrics> closed) {
    put(all, "total.", learner.total().metrics());
    if (!closed.isEmpty()) {
      put(all, "segment.", closed.get(closed.size() - 1));
    }
    for (int i = 0; i < Math.min(closed.size(), NAMED_SEGMENTS); i++) {
      put(all, "segments." + i + ".", closed.get(i));
    }
    put(all, "current.", learner.segment());
    put(all, "uncalibrated.", learner.uncalibrated());
  }

  private static void put(Map<String, Double> all, String prefix, Evaluation evaluation) {
    if (evaluation.examples() > 0) {
      put(all, prefix, evaluation.metrics());
    }
  }

  private static void put(Map<String, Double> all, String prefix, Metrics metrics) {
    metrics.byName().forEach((name, value) -> all.put(prefix + name, value));
  }
}
