package io.millrace.experiment.growthbook;

import io.millrace.experiment.Assignment;
import io.millrace.experiment.Experiment;

/** What is decided, in the words of {@code e2e-tests/clients/growthbook/decide.mjs}. */
final class Decisions {
  private Decisions() {}

  static String inWords(Assignment assignment, Experiment experiment) {
    return switch (assignment.why()) {
      case ASSIGNED, STICKY -> "experiment " + experiment.arms().get(assignment.arm()).name();
      case FORCED -> "force " + experiment.arms().get(assignment.arm()).treatment().flag();
      default ->
          "defaultValue " + experiment.arm(experiment.control()).orElseThrow().treatment().flag();
    };
  }

  static String inWords(FeatureResult result) {
    return result.source().word()
        + " "
        + result
            .experimentResult()
            .map(ExperimentResult::key)
            .orElseGet(() -> result.value().toString());
  }
}
