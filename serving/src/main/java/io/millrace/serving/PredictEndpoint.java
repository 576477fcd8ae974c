package io.millrace.serving;

import io.millrace.explanation.Explanation;
import io.millrace.parameters.ModelSnapshot;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/predict}: click probabilities, nothing logged. Safe for use by many threads. */
record PredictEndpoint(ServedModels models, RequestLimits limits, Clock clock) {

  /**
   * @param version the offset below which the model has learned or refused every example
   * @param ageMillis since the version was published
   * @param predictions in the order of the candidates
   */
  record Response(String model, long version, long ageMillis, List<Prediction> predictions) {}

  /**
   * @param explanation if the request asked for it
   */
  record Prediction(float probability, @Nullable Explanation explanation) {}

  Response answer(byte[] json, Deadline deadline) {
    RequestObject body = RequestObject.parse(json);
    ServedModel model = models.named(body.string("model"));
    Candidates candidates = Candidates.ofPredict(body);
    ExplainOption explain = ExplainOption.of(body, candidates.size());
    long now = clock.millis();
    try (ServedModel.Lease lease = model.lease()) {
      CandidateRecords records =
          CandidateRecords.of(candidates, now, lease.features(), limits.cells());
      Scored scored = Scored.of(records, lease, deadline);
      List<Explanation> explanations = explain.explanations(scored, lease.predictor(), deadline);
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
