package io.millrace.experiment;

import io.millrace.experiment.ExperimentChange.Create;
import io.millrace.experiment.ExperimentChange.Ramp;
import io.millrace.experiment.ExperimentChange.Start;
import io.millrace.experiment.ExperimentChange.Stop;
import io.millrace.feature.NearestName;
import java.util.List;
import java.util.Optional;

/** What may become of which experiment. */
final class ExperimentRules {
  private ExperimentRules() {}

  /** Why a change cannot be made, in words that name value and expectation; empty if it can. */
  static Optional<String> objection(ExperimentView view, ExperimentChange change) {
    if (change instanceof Create create) {
      return toCreate(view, create.experiment());
    } else if (change instanceof Start start) {
      return toStart(view, start);
    } else if (change instanceof Ramp ramp) {
      return toRamp(view, ramp);
    } else if (change instanceof Stop stop) {
      return in(
          view, stop.key(), "draft or running", ExperimentState.DRAFT, ExperimentState.RUNNING);
    }
    return Optional.empty();
  }

  private static Optional<String> toCreate(ExperimentView view, Experiment experiment) {
    String key = experiment.key();
    Experiment known = view.experiments().get(key);
    if (known != null) {
      return Optional.of(
          "experiment %s: there is one, which is %s, expected a new key"
              .formatted(key, known.state().word()));
    }
    if (experiment.state() != ExperimentState.DRAFT) {
      return Optional.of(
          "experiment %s: state %s, expected draft: it is started by itself"
              .formatted(key, experiment.state().word()));
    }
    return Optional.empty();
  }

  private static Optional<String> toStart(ExperimentView view, Start start) {
    Optional<String> objection = in(view, start.key(), "draft", ExperimentState.DRAFT);
    return objection.isPresent()
        ? objection
        : view.find(start.key())
            .flatMap(experiment -> ExperimentCatalog.overlap(experiment, view.running()));
  }

  private static Optional<String> toRamp(ExperimentView view, Ramp ramp) {
    Optional<String> objection =
        in(view, ramp.key(), "draft or running", ExperimentState.DRAFT, ExperimentState.RUNNING);
    if (objection.isPresent()) {
      return objection;
    }
    if (ramp.traffic().isEmpty() && ramp.weights().isEmpty()) {
      return Optional.of(
          "experiment %s: neither traffic nor weights, expected one of them".formatted(ramp.key()));
    }
    Experiment experiment = view.find(ramp.key()).orElseThrow();
    List<String> arms = experiment.arms().stream().map(Arm::name).toList();
    for (String arm : ramp.weights().keySet()) {
      if (!arms.contains(arm)) {
        return Optional.of(
            "experiment %s: weights.%s: no such arm%s"
                .formatted(ramp.key(), arm, NearestName.hint(arm, arms)));
      }
    }
    try {
      var unused = ExperimentView.ramped(experiment, ramp);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> in(
      ExperimentView view, String key, String expected, ExperimentState... states) {
    Experiment experiment = view.experiments().get(key);
    if (experiment == null) {
      return Optional.of(
          "experiment %s: there is none%s"
              .formatted(key, NearestName.hint(key, view.experiments().keySet())));
    }
    return List.of(states).contains(experiment.state())
        ? Optional.empty()
        : Optional.of(
            "experiment %s: state %s, expected %s"
                .formatted(key, experiment.state().word(), expected));
  }
}
