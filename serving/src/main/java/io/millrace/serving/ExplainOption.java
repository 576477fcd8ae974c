package io.millrace.serving;

import io.millrace.explanation.Explanation;
import io.millrace.explanation.PredictionExplainer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/**
 * Whether and how fully a prediction is to be explained: {@code "explain": true}, and {@code
 * "explainTop"} for the length of an explanation's lists. An answer stays bounded: few candidates,
 * short lists.
 *
 * @param top elements of each list
 */
record ExplainOption(boolean on, int top) {

  /** No more candidates are explained at a time. */
  static final int MAX_CANDIDATES = 100;

  private static final int DEFAULT_TOP = 10;
  private static final int MAX_TOP = 1_000;

  /**
   * Reads it from a body.
   *
   * @throws RequestException with 400 if a value cannot be used
   */
  static ExplainOption of(RequestObject body, int candidates) {
    boolean on = body.bool("explain", false);
    int top = body.integer("explainTop", DEFAULT_TOP, 1, MAX_TOP);
    if (!on && body.has("explainTop")) {
      throw RequestException.field("explainTop", "\"explain\": true beside it", top);
    }
    if (on && candidates > MAX_CANDIDATES) {
      throw RequestException.field(
          "explain", "at most " + MAX_CANDIDATES + " candidates with it", candidates + " of them");
    }
    return new ExplainOption(on, top);
  }

  /** The explanation of each candidate, or none at all. */
  List<Explanation> explanations(Scored scored, Predictor predictor, Deadline deadline) {
    if (!on) {
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
