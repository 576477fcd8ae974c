package io.millrace.experiment.readout;

import io.millrace.experiment.Direction;
import io.millrace.experiment.readout.ExperimentReadout.Conclusion;
import io.millrace.experiment.readout.ExperimentReadout.EffectReadout;
import io.millrace.experiment.readout.ExperimentReadout.Estimate;
import io.millrace.experiment.readout.ExperimentReadout.IntervalReadout;
import io.millrace.experiment.readout.ExperimentReadout.MetricReadout;
import io.millrace.inference.Comparison;
import io.millrace.inference.Effect;
import io.millrace.inference.Metric;
import io.millrace.inference.Moments;
import io.millrace.inference.MultipleTests;
import io.millrace.inference.Posterior;
import java.util.ArrayList;
import java.util.List;

/** Effects of treatments, whose p values are adjusted for their number once all are there. */
final class EffectReading {
  private final double alpha;
  private final List<Double> pValues = new ArrayList<>();

  EffectReading(double alpha) {
    this.alpha = alpha;
  }

  /** How many effects have a p value. */
  int comparisons() {
    return pValues.size();
  }

  /** A treatment beside control; its conclusion is open as yet. */
  EffectReadout read(
      String arm,
      Moments control,
      Moments treatment,
      Direction better,
      double treatmentShare,
      Methods methods) {
    Comparison comparison = Comparison.of(Metric.RATIO, control, treatment);
    Effect difference = comparison.difference();
    Estimate lift = estimate(comparison.relativeLift(), methods);
    if (!(difference instanceof Effect.Known known)) {
      return new EffectReadout(
          arm, estimate(difference, methods), lift, null, Conclusion.OPEN, null, null, null, null);
    }
    Posterior posterior = Posterior.flat(known);
    boolean up = better == Direction.UP;
    double loss = posterior.expectedLossOfTreatment();
    double gain = posterior.expectedLossOfControl();
    Estimate estimate = estimate(known, methods);
    pValues.add(decidingPValue(estimate));
    return new EffectReadout(
        arm,
        estimate,
        lift,
        null,
        Conclusion.OPEN,
        up ? posterior.probabilityToBeat() : 1 - posterior.probabilityToBeat(),
        up ? loss : gain,
        up ? gain : loss,
        PowerReading.of(
            control, known, treatmentShare, methods.planned(), methods.deciding(), alpha));
  }

  private Estimate estimate(Effect effect, Methods methods) {
    if (effect instanceof Effect.Known known) {
      return new Estimate(
          known.value(), known.standardError(), methods.intervals(known, alpha), null);
    }
    return new Estimate(null, null, List.of(), ((Effect.Absent) effect).words());
  }

  private static double decidingPValue(Estimate estimate) {
    return estimate.intervals().stream()
        .filter(IntervalReadout::decides)
        .mapToDouble(IntervalReadout::pValue)
        .findFirst()
        .orElseThrow();
  }

  /** The same with adjusted p values and conclusions. */
  List<MetricReadout> adjusted(List<MetricReadout> metrics) {
    double[] adjusted =
        MultipleTests.benjaminiHochberg(
            pValues.stream().mapToDouble(Double::doubleValue).toArray());
    int next = 0;
    List<MetricReadout> concluded = new ArrayList<>();
    for (MetricReadout metric : metrics) {
      List<EffectReadout> effects = new ArrayList<>();
      for (EffectReadout effect : metric.effects()) {
        Double difference = effect.difference().value();
        effects.add(
            difference == null
                ? effect
                : concluded(effect, difference, adjusted[next++], metric.better()));
      }
      concluded.add(
          new MetricReadout(
              metric.outcome(),
              metric.kind(),
              metric.better(),
              metric.decides(),
              metric.levels(),
              effects));
    }
    return concluded;
  }

  private EffectReadout concluded(
      EffectReadout effect, double difference, double pValue, String better) {
    boolean good = difference > 0 == better.equals(Direction.UP.word());
    return new EffectReadout(
        effect.arm(),
        effect.difference(),
        effect.relativeLift(),
        pValue,
        pValue > alpha ? Conclusion.OPEN : good ? Conclusion.BETTER : Conclusion.WORSE,
        effect.probabilityToBeat(),
        effect.expectedLoss(),
        effect.expectedLossOfControl(),
        effect.power());
  }
}
