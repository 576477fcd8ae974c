package io.millrace.serving;

import io.millrace.parameters.ModelSnapshot;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/predict}: click probabilities, nothing logged. Safe for use by many threads. */
record PredictEndpoint(ServedModels models, Clock clock) {

  /**
   * @param version examples that the model had learned from
   * @param ageMillis since the version was published
   * @param predictions in the order of the candidates
   */
  record Response(String model, long version, long ageMillis, List<Prediction> predictions) {}

  record Prediction(float probability) {}

  Response answer(byte[] json) {
    RequestObject body = RequestObject.parse(json);
    ServedModel model = models.named(body.string("model"));
    List<Candidate> candidates = Candidate.ofPredict(body);
    long now = clock.millis();
    try (ServedModel.Lease lease = model.lease()) {
      Scored scored = Scored.of(candidates, now, lease);
      List<Prediction> predictions = new ArrayList<>(candidates.size());
      for (float probability : scored.probabilities()) {
        predictions.add(new Prediction(probability));
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
