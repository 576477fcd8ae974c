package io.millrace.ranking;

import io.millrace.ranking.RequestArms.InExperiment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The best candidates, scored by one version.
 *
 * @param version the offset below which the model has learned or refused every example
 * @param ageMillis since the version was published
 * @param logged whether Kafka has acknowledged the impressions of all results
 * @param experiments what the request got of each experiment, by key; null where it had to do with
 *     none
 * @param results best first
 */
public record RankAnswer(
    String model,
    long version,
    long ageMillis,
    boolean logged,
    @Nullable Map<String, InExperiment> experiments,
    List<Result> results) {

  /**
   * One of them.
   *
   * @param impressionId what a click has to name
   * @param id the caller's name for the candidate
   * @param index of the candidate in the request
   * @param score probability times bid
   */
  public record Result(
      @Nullable String impressionId,
      @Nullable String id,
      int index,
      float probability,
      double score) {}
}
