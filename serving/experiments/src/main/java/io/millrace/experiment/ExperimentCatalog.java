package io.millrace.experiment;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The experiments in force, ready to assign. Those of one layer share no unit. Immutable.
 *
 * @param assigners by key
 */
public record ExperimentCatalog(Map<String, Assigner> assigners) {
  /** Not one experiment. */
  public static final ExperimentCatalog EMPTY = new ExperimentCatalog(Map.of());

  public ExperimentCatalog {
    assigners = Collections.unmodifiableMap(new LinkedHashMap<>(assigners));
  }

  /**
   * A catalog of those experiments that run.
   *
   * @throws IllegalArgumentException if two of them share a key, or overlap in a layer
   */
  public static ExperimentCatalog of(Collection<Experiment> experiments) {
    Map<String, Assigner> assigners = new LinkedHashMap<>();
    for (Experiment each : experiments) {
      if (each.state() != ExperimentState.RUNNING) {
        continue;
      }
      overlap(each, assigners.values().stream().map(Assigner::experiment).toList())
          .ifPresent(
              words -> {
                throw new IllegalArgumentException(words);
              });
      if (assigners.put(each.key(), new Assigner(each)) != null) {
        throw new IllegalArgumentException(
            "experiment %s: it is there twice, expected one of each key".formatted(each.key()));
      }
    }
    return new ExperimentCatalog(assigners);
  }

  /**
   * Why an experiment cannot run beside others, in words: it has units of its layer in common with
   * one of them, or its layer assigns other units.
   */
  static Optional<String> overlap(Experiment experiment, List<Experiment> others) {
    Layer own = experiment.layer().orElse(null);
    if (own == null) {
      return Optional.empty();
    }
    for (Experiment other : others) {
      Layer its = other.layer().orElse(null);
      if (its == null || !its.name().equals(own.name())) {
        continue;
      }
      String attribute = experiment.unit().attribute();
      if (!attribute.equals(other.unit().attribute())) {
        return Optional.of(
            "experiment %s: unit.attribute: %s, expected %s as of experiment %s, which runs in the same layer, %s"
                .formatted(
                    experiment.key(),
                    attribute,
                    other.unit().attribute(),
                    other.key(),
                    own.name()));
      }
      if (own.overlaps(its)) {
        return Optional.of(
            "experiment %s: layer %s from %s to %s, expected a part that no running experiment has: %s has %s to %s"
                .formatted(
                    experiment.key(),
                    own.name(),
                    own.from(),
                    own.to(),
                    other.key(),
                    its.from(),
                    its.to()));
      }
    }
    return Optional.empty();
  }

  /** The experiment of a key, if it is in force. */
  public Optional<Assigner> find(String key) {
    return Optional.ofNullable(assigners.get(key));
  }
}
