package io.millrace.serving;

import io.millrace.explanation.Explanation;
import io.millrace.parameters.ModelSnapshot;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/predict}: click probabilities, nothing logged. Safe for use by many threads. */
record PredictEndpoint(ServedModels models, Clock clock) {

  /**
   * @param version examples that the model had learned from
   * @param ageMillis since the version was published
   * @param predictions in the order of the candidates
   */
  record Response(String model, long version, long ageMillis, List<Prediction> predictions) {}

  /**
   * @param explanation if the request asked for it
   */
  record Prediction(float probability, @Nullable Explanation explanation) {}

  Response answer(byte[] json) {
    RequestObject body = RequestObject.parse(json);
    ServedModel model = models.named(body.string("model"));
    List<Candidate> candidates = Candidate.ofPredict(body);
    ExplainOption explain = ExplainOption.of(body, candidates.size());
    long now = clock.millis();
    try (ServedModel.Lease lease = model.lease()) {
      Scored scored = Scored.of(candidates, now, lease);
      List<Explanation> explanations = explain.explanations(scored, lease.predictor());
      List<Prediction> predictions = new ArrayList<>(candidates.size());
      for (int i = 0; i < candidates.size(); i++) {
        predictions.add(
            new Prediction(
                scored.probabilities()[i], explanations.isEmpty() ? null : explanations.get(i)));
      }
      ModelSnapshot snapshot = lease.predictor().snapshot();
      return new Response(
          snapshot.model(), snapshot.version(), ageMillis(snapshot, now), predictions);
    }
  }

  /** Milliseconds since a version was published. */
  static long ageMillis(ModelSnapshot snapshot, long nowMillis) {
    return Math.max(0, nowMillis - snapshot.manifest().getPublishedTime().toEpochMilli());
  }
}
