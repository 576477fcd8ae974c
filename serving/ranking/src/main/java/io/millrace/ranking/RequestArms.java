package io.millrace.ranking;

import io.millrace.event.ArmLearning;
import io.millrace.event.ServedArm;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * In which arms of experiments a request is.
 *
 * @param model name or alias of the model that an arm lets answer; null where none does
 * @param counted what the request's impressions say of its arms
 * @param learning which models learn from the request's impressions, where not all do
 * @param answered what the request gets of each experiment, by key; null where it has to do with
 *     none
 */
public record RequestArms(
    @Nullable String model,
    List<ServedArm> counted,
    @Nullable ArmLearning learning,
    @Nullable Map<String, InExperiment> answered) {
  /** Of no experiment. */
  public static final RequestArms NONE = new RequestArms(null, List.of(), null, null);

  /**
   * What a request gets of an experiment.
   *
   * @param arm name of its arm; null if it is in none
   * @param value what the arm's units get, of a model its name; null if it is in none
   * @param why it is so, in a word
   */
  public record InExperiment(@Nullable String arm, @Nullable Object value, String why) {}
}
