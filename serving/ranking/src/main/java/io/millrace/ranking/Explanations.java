package io.millrace.ranking;

import io.millrace.explanation.Explanation;
import io.millrace.explanation.PredictionExplainer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/**
 * Whether and how fully predictions are to be explained. An answer stays bounded: few candidates,
 * short lists.
 *
 * @param top elements of each list
 */
public record Explanations(boolean wanted, int top) {

  /** No more candidates are explained at a time. */
  public static final int MAX_CANDIDATES = 100;

  /** Elements of each list unless the request says otherwise. */
  public static final int DEFAULT_TOP = 10;

  /** No list is longer. */
  public static final int MAX_TOP = 1_000;

  /** The explanation of each candidate, or none at all. */
  List<Explanation> of(Scored scored, Predictor predictor, Deadline deadline) {
    if (!wanted) {
      return List.of();
    }
    try (PredictionExplainer explainer = predictor.explainer()) {
      List<Explanation> explanations = new ArrayList<>(scored.records().size());
      for (GenericRecord record : scored.records()) {
        deadline.check();
        explanations.add(explainer.explain(record).top(top));
      }
      return explanations;
    }
  }
}
