package io.millrace.ranking;

import io.millrace.explanation.Explanation;
import io.millrace.ranking.RequestArms.InExperiment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Click probabilities, all of one version.
 *
 * @param version the offset below which the model has learned or refused every example
 * @param ageMillis since the version was published
 * @param experiments what the request got of each experiment, by key; null where it had to do with
 *     none
 * @param predictions in the order of the candidates
 */
public record PredictAnswer(
    String model,
    long version,
    long ageMillis,
    @Nullable Map<String, InExperiment> experiments,
    List<Prediction> predictions) {

  /**
   * One candidate's.
   *
   * @param explanation if the request asked for it
   */
  public record Prediction(float probability, @Nullable Explanation explanation) {}
}
