package io.millrace.training;

import io.millrace.metrics.FigureNames;
import io.millrace.metrics.LearnerFigures;
import java.util.Map;
import java.util.TreeMap;

/** A learner's figures by the names that answers give them. */
final class Named {
  private Named() {}

  static Map<String, Double> of(LearnerFigures figures) {
    Map<String, Double> named = new TreeMap<>();
    FigureNames.forEach(figures, named::put);
    return named;
  }
}
