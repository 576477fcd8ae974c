package io.millrace.training;

import io.millrace.learner.Learner;
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

  static Map<String, Double> of(Learner learner, Evaluation served, LaneCounts counts) {
    Map<String, Double> all = new HashMap<>();
    put(all, "total.", learner.total().metrics());
    List<Metrics> closed = learner.closedSegments();
    if (!closed.isEmpty()) {
      put(all, "segment.", closed.get(closed.size() - 1));
    }
    for (int i = 0; i < Math.min(closed.size(), NAMED_SEGMENTS); i++) {
      put(all, "segments." + i + ".", closed.get(i));
    }
    if (learner.segment().examples() > 0) {
      put(all, "current.", learner.segment().metrics());
    }
    if (learner.uncalibrated().examples() > 0) {
      put(all, "uncalibrated.", learner.uncalibrated().metrics());
    }
    if (served.examples() > 0) {
      put(all, "served.", served.metrics());
    }
    all.put("segment.index", (double) closed.size());
    all.put("learned", (double) learner.total().examples());
    all.put("duplicates", (double) counts.duplicates());
    all.put("rejected", (double) counts.rejected());
    all.put("other_schema", (double) counts.otherSchema());
    all.put("encoding_mismatches", (double) counts.mismatches());
    return all;
  }

  private static void put(Map<String, Double> all, String prefix, Metrics metrics) {
    metrics.byName().forEach((name, value) -> all.put(prefix + name, value));
  }
}
