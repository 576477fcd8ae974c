package io.millrace.intake;

import io.millrace.ranking.GivenFeatures;
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
