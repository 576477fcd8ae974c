package io.millrace.ranking;

import io.millrace.explanation.Explanation;
import io.millrace.parameters.ModelSnapshot;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Click probabilities of candidates. Safe for use by many threads. */
public record PredictionService(ServedModels models, RankingLimits limits, Clock clock) {

  /**
   * Answers a request.
   *
   * @throws RankingException if it cannot be answered
   */
  public PredictAnswer answer(PredictRequest request, Deadline deadline) {
    Candidates candidates = request.candidates();
    long now = clock.millis();
    try (ServedModel.Lease lease = models.named(request.model()).lease()) {
      CandidateRecords records =
          CandidateRecords.of(candidates, now, lease.features(), limits.cells());
      Scored scored = Scored.of(records, lease, deadline);
      List<Explanation> explanations =
          request.explanations().of(scored, lease.predictor(), deadline);
      List<PredictAnswer.Prediction> predictions = new ArrayList<>(candidates.size());
      for (int i = 0; i < candidates.size(); i++) {
        predictions.add(
            new PredictAnswer.Prediction(
                scored.probabilities()[i], explanations.isEmpty() ? null : explanations.get(i)));
      }
      ModelSnapshot snapshot = lease.predictor().snapshot();
      return new PredictAnswer(
          snapshot.model(),
          snapshot.version(),
          lease.predictor().ageMillis(now),
          request.arms().answered(),
          predictions);
    }
  }
}
