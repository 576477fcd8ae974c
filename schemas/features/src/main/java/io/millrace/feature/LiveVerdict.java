package io.millrace.feature;

import io.millrace.feature.FeatureChange.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a newer version of a feature schema means for one running model.
 *
 * @param model its name
 * @param kind its kind
 * @param outcome what becomes of it
 * @param reason why, in words
 */
public record LiveVerdict(String model, String kind, Outcome outcome, String reason) {

  /** What becomes of a model when events of the newer version come. */
  public enum Outcome {
    /** It notices nothing. */
    UNCHANGED,
    /** It uses what is new, from the first event that has it. */
    FOLLOWS,
    /** It learns from the events, but does not use what is new. */
    GOES_ON_WITHOUT,
    /** It would have learned something else: such events are rejected. */
    BROKEN
  }

  /** A verdict for each model of the schema's name, in their order. */
  public static List<LiveVerdict> of(List<LiveModel> models, FeatureSchema newer) {
    return models.stream()
        .filter(model -> model.schema().name().equals(newer.name()))
        .map(model -> of(model, newer))
        .toList();
  }

  private static LiveVerdict of(LiveModel model, FeatureSchema newer) {
    List<FeatureChange> changes = FeatureCompatibility.compare(model.schema(), newer);
    if (!FeatureCompatibility.allCompatible(changes)) {
      return verdict(
          model,
          Outcome.BROKEN,
          changes.stream()
              .filter(change -> !change.compatible())
              .map(change -> change.feature() + ": " + change.reason())
              .collect(Collectors.joining("; ")));
    }
    List<String> sentences = new ArrayList<>();
    String added = names(changes, Kind.ADDED);
    String renamed = names(changes, Kind.RENAMED);
    String removed = names(changes, Kind.REMOVED);
    if (!added.isEmpty()) {
      sentences.add(
          model.takesNewFeatures()
              ? "takes in %s at the first event that has it, with no influence at first"
                  .formatted(added)
              : "goes on without %s, which its kind cannot take in while it runs: a new model can"
                  .formatted(added));
    }
    if (!renamed.isEmpty()) {
      sentences.add("keeps what it knows of %s under the new name".formatted(renamed));
    }
    if (!removed.isEmpty()) {
      sentences.add("goes on with %s as newer events leave it".formatted(removed));
    }
    String limited = names(changes, Kind.LIMIT);
    if (!limited.isEmpty()) {
      sentences.add("holds %s to its new limit from then on".formatted(limited));
    }
    if (sentences.isEmpty()) {
      return verdict(model, Outcome.UNCHANGED, "uses nothing that changes");
    }
    boolean without = !added.isEmpty() && !model.takesNewFeatures();
    return verdict(
        model, without ? Outcome.GOES_ON_WITHOUT : Outcome.FOLLOWS, String.join("; ", sentences));
  }

  private static String names(List<FeatureChange> changes, Kind kind) {
    return changes.stream()
        .filter(change -> change.kind() == kind)
        .map(FeatureChange::feature)
        .collect(Collectors.joining(", "));
  }

  private static LiveVerdict verdict(LiveModel model, Outcome outcome, String reason) {
    return new LiveVerdict(model.name(), model.kind(), outcome, reason);
  }

  /** For example {@code live model fm (fm) follows: takes in brand at ...}. */
  @Override
  public String toString() {
    String what =
        switch (outcome) {
          case UNCHANGED -> "is not affected";
          case FOLLOWS -> "follows";
          case GOES_ON_WITHOUT -> "goes on";
          case BROKEN -> "WOULD BREAK";
        };
    return "live model %s (%s) %s: %s".formatted(model, kind, what, reason);
  }
}
