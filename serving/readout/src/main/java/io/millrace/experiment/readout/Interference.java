package io.millrace.experiment.readout;

import io.millrace.experiment.Experiment;
import io.millrace.experiment.Treatment;

/** How arms may have changed one another, in words for whoever reads a result. */
final class Interference {
  private Interference() {}

  static String of(Experiment experiment) {
    boolean models =
        experiment.arms().stream().anyMatch(arm -> arm.treatment() instanceof Treatment.Model);
    if (!models) {
      return "The arms are values and not models. Models that learn while the experiment runs learn"
          + " from the units of all arms, so a change of behaviour in one arm reaches the rankings"
          + " of the others.";
    }
    return switch (experiment.data()) {
      case SHARED ->
          "The arms' models learn from all examples, those of the other arms too. What one model"
              + " shows teaches the others, so their difference is not the one that there would be"
              + " if each served everybody: it is usually too small.";
      case OWN ->
          "Each arm's model learns from its own arm's examples alone. The arms do not change one"
              + " another, but each model learns from a part of the traffic, and would be better"
              + " with all of it.";
      case FROZEN ->
          "No arm's model learns while the experiment runs. The arms do not change one another,"
              + " but the models grow old, and the result says nothing of how they learn.";
      case WEIGHTED ->
          "The arms' models learn from all examples, weighted by the odds of their own arm. This"
              + " takes away a part of the bias of shared data, as far as the odds are known; what one"
              + " arm's users do to the others' is still there.";
    };
  }
}
