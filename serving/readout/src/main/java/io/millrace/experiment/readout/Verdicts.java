package io.millrace.experiment.readout;

import io.millrace.experiment.readout.ExperimentReadout.Conclusion;
import io.millrace.experiment.readout.ExperimentReadout.EffectReadout;
import io.millrace.experiment.readout.ExperimentReadout.GuardRailReadout;
import io.millrace.experiment.readout.ExperimentReadout.MetricReadout;
import io.millrace.experiment.readout.ExperimentReadout.Mismatch;
import io.millrace.experiment.readout.ExperimentReadout.Verdict;
import java.util.List;

/** What an experiment comes to. */
final class Verdicts {
  /** Of a guard rail. */
  static final String HARMED = "harmed";

  private Verdicts() {}

  static Verdict of(
      Mismatch mismatch, List<MetricReadout> metrics, List<GuardRailReadout> guardRails) {
    if (mismatch.alarm()) {
      return new Verdict(Conclusion.MISMATCH, null, mismatch.words());
    }
    for (GuardRailReadout rail : guardRails) {
      if (rail.verdict().equals(HARMED)) {
        return new Verdict(
            Conclusion.HARMED,
            rail.arm(),
            "Arm %s harms the %s of %s: %s."
                .formatted(rail.arm(), rail.kind(), rail.outcome(), rail.words()));
      }
    }
    List<MetricReadout> deciding = metrics.stream().filter(MetricReadout::decides).toList();
    if (deciding.isEmpty() || deciding.get(0).effects().isEmpty()) {
      return new Verdict(
          Conclusion.NO_DATA,
          null,
          "Control and a treatment do not have labels of the deciding metric yet.");
    }
    MetricReadout metric = deciding.get(0);
    EffectReadout best = null;
    boolean allWorse = true;
    for (EffectReadout effect : metric.effects()) {
      allWorse &= effect.conclusion() == Conclusion.WORSE;
      if (effect.conclusion() == Conclusion.BETTER && (best == null || gain(effect) > gain(best))) {
        best = effect;
      }
    }
    String name = "the %s of %s".formatted(metric.kind(), metric.outcome());
    if (best != null) {
      return new Verdict(
          Conclusion.BETTER,
          best.arm(),
          "Arm %s is better than control in %s.".formatted(best.arm(), name));
    }
    if (allWorse) {
      return new Verdict(
          Conclusion.WORSE, null, "Each treatment is worse than control in %s.".formatted(name));
    }
    EffectReadout first = metric.effects().get(0);
    String absent = first.difference().absent();
    return new Verdict(
        Conclusion.OPEN,
        null,
        absent == null
            ? "No treatment is shown to be better or worse than control in %s yet.".formatted(name)
            : "Nothing can be said of %s yet: %s.".formatted(name, absent));
  }

  /** How much of a difference, whichever way is better. */
  private static double gain(EffectReadout effect) {
    Double difference = effect.difference().value();
    return difference == null ? 0 : Math.abs(difference);
  }
}
