package io.millrace.serving.http;

import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.metrics.FigureNames;
import io.millrace.metrics.LearnerFigures;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ObjDoubleConsumer;

/** What a model's learner says of itself, if it has; answers have its figures by their names. */
record LearnedFigures(Optional<LearnerFigures> figures) {
  /** Before the first version. */
  static final LearnedFigures NONE = new LearnedFigures(Optional.empty());

  /** Names all figures that are defined. */
  void forEach(ObjDoubleConsumer<String> to) {
    figures.ifPresent(learned -> FigureNames.forEach(learned, to));
  }

  @JsonValue
  SortedMap<String, Double> byName() {
    SortedMap<String, Double> byName = new TreeMap<>();
    forEach(byName::put);
    return byName;
  }
}
