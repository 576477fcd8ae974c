package io.millrace.intake;

import io.millrace.ranking.GivenFeatures;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An event as a request gives it, its values not checked yet. */
public sealed interface GivenEvent {

  /** Where it stands in the request, for example {@code events[3]}; empty for the body itself. */
  String place();

  /** Of the impression; null if it is not given beside the features. */
  @Nullable String impressionId();

  /** Milliseconds since 1970; null if it is not given. */
  @Nullable Long time();

  /** The place of one of its keys. */
  default String at(String key) {
    return place().isEmpty() ? key : place() + "." + key;
  }

  /**
   * One item was shown to one user, by somebody else than this server's rankings.
   *
   * @param model whose feature schema the features are of; null for the first
   * @param features as they were when the item was shown
   */
  record Shown(
      String place,
      @Nullable String impressionId,
      @Nullable Long time,
      @Nullable String model,
      GivenFeatures features)
      implements GivenEvent {}

  /**
   * A unit was shown what an arm gets, by a client that has decided so itself.
   *
   * @param impressionId of the exposure; null for one of the experiment and the unit
   * @param experiment its key
   * @param arm what was shown; null for what the experiment gives
   * @param attributes by which the experiment targets
   * @param outcomes what came of it so far, by name, with what each is worth
   */
  record Exposed(
      String place,
      @Nullable String impressionId,
      @Nullable Long time,
      String experiment,
      String unit,
      @Nullable String arm,
      Map<String, Object> attributes,
      Map<String, Optional<Double>> outcomes)
      implements GivenEvent {}

  /**
   * What came of an impression.
   *
   * @param outcome for example {@code click}
   * @param value what it is worth, in the giver's unit; null without one
   * @param retracted whether it is taken back
   */
  record Happened(
      String place,
      @Nullable String impressionId,
      @Nullable Long time,
      String outcome,
      @Nullable Double value,
      boolean retracted)
      implements GivenEvent {}
}
