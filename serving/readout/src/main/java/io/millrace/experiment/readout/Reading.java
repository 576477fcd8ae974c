package io.millrace.experiment.readout;

import io.millrace.event.ExperimentMetrics;
import io.millrace.experiment.Arm;
import io.millrace.experiment.Direction;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.Metric;
import io.millrace.experiment.MetricKind;
import io.millrace.experiment.readout.ExperimentReadout.ArmUnits;
import io.millrace.experiment.readout.ExperimentReadout.EffectReadout;
import io.millrace.experiment.readout.ExperimentReadout.GuardRailReadout;
import io.millrace.experiment.readout.ExperimentReadout.LastChange;
import io.millrace.experiment.readout.ExperimentReadout.Level;
import io.millrace.experiment.readout.ExperimentReadout.MetricReadout;
import io.millrace.experiment.readout.ExperimentReadout.Mismatch;
import io.millrace.inference.Comparison;
import io.millrace.inference.Effect;
import io.millrace.inference.GuardRail;
import io.millrace.inference.Moments;
import io.millrace.inference.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One read-out in the making. */
final class Reading {
  private static final double ALPHA = 0.05;
  private static final Metric CLICKS =
      new Metric("click", MetricKind.RATE, Direction.UP, OptionalDouble.empty());

  private final Experiment experiment;
  private final Map<String, ArmRecord> records = new LinkedHashMap<>();
  private final Map<String, Double> shares = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  Reading(Experiment experiment, Collection<ExperimentMetrics> totals) {
    this.experiment = experiment;
    double[] ofArms = experiment.shares();
    for (int i = 0; i < ofArms.length; i++) {
      shares.put(experiment.arms().get(i).name(), ofArms[i]);
    }
    for (ExperimentMetrics arm : totals) {
      if (arm.getExperiment().equals(experiment.key())) {
        records.put(arm.getArm(), new ArmRecord(arm));
      }
    }
  }

  ExperimentReadout readout() {
    List<ArmUnits> arms = experiment.arms().stream().map(this::units).toList();
    noteWhatIsNotCounted(arms);
    Mismatch mismatch = new MismatchReading(experiment, arms).read();
    List<Metric> wanted = experiment.metrics();
    if (wanted.isEmpty()) {
      notes.add("The experiment names no metric: the rate of clicks is shown.");
      wanted = List.of(CLICKS);
    }
    EffectReading effects = new EffectReading(ALPHA);
    List<MetricReadout> metrics = new ArrayList<>();
    for (Metric metric : wanted) {
      if (isThere(metric)) {
        metrics.add(metric(metric, metric == wanted.get(0), mismatch.alarm(), effects));
      }
    }
    metrics = effects.adjusted(metrics);
    List<GuardRailReadout> guardRails = mismatch.alarm() ? List.of() : guardRails();
    if (effects.comparisons() > 1) {
      notes.add(
          "%d comparisons are made; conclusions are by p values that are adjusted for their number."
              .formatted(effects.comparisons()));
    }
    return new ExperimentReadout(
        experiment.key(),
        experiment.state().word(),
        experiment
            .reason()
            .map(
                reason ->
                    new LastChange(
                        experiment.changed().by(), experiment.changed().at().toString(), reason))
            .orElse(null),
        experiment.control(),
        ALPHA,
        new Methods(experiment.plannedUnits()).nameOfDeciding(),
        Verdicts.of(
            mismatch, metrics, guardRails.stream().filter(rail -> share(rail.arm()) > 0).toList()),
        arms,
        mismatch,
        metrics,
        guardRails,
        Interference.of(experiment),
        List.copyOf(notes));
  }

  private ArmUnits units(Arm arm) {
    double share = share(arm.name());
    ArmRecord record = records.get(arm.name());
    if (record == null) {
      return new ArmUnits(arm.name(), share, 0, 0, 0, null, null);
    }
    ExperimentMetrics totals = record.totals();
    return new ArmUnits(
        arm.name(),
        share,
        totals.getUnits(),
        totals.getCrossed(),
        totals.getIgnored(),
        totals.getFirstEventTime().toString(),
        totals.getLastEventTime().toString());
  }

  private double share(String arm) {
    return shares.getOrDefault(arm, 0.0);
  }

  private void noteWhatIsNotCounted(List<ArmUnits> arms) {
    for (ArmUnits arm : arms) {
      if (arm.crossed() > 0) {
        notes.add(
            "%d units of arm %s were seen in another arm too, and are in no figure."
                .formatted(arm.crossed(), arm.arm()));
      }
      if (arm.ignored() > 0) {
        notes.add(
            "%d examples of arm %s have a probability or value that cannot be counted, and are in no figure."
                .formatted(arm.ignored(), arm.arm()));
      }
    }
    for (String arm : records.keySet()) {
      if (experiment.arm(arm).isEmpty()) {
        notes.add("Arm %s has units but is no arm of the experiment: passed over.".formatted(arm));
      }
    }
    notes.add(
        "Nothing is adjusted by what units did before the experiment: impressions of before it name no unit of it.");
  }

  /** Whether there is something to show of a metric; notes why not. */
  private boolean isThere(Metric metric) {
    if (metric.kind() == MetricKind.LATENCY) {
      notes.add(
          "Latency (%s) is not computed: impressions do not hold how long their answers took."
              .formatted(metric.name()));
      return false;
    }
    if (records.values().stream().noneMatch(arm -> arm.moments(metric).isPresent())) {
      notes.add(
          "The %s of %s is not computed: no impression of the experiment has a label of this outcome yet."
              .formatted(metric.kind().word(), metric.name()));
      return false;
    }
    return true;
  }

  private MetricReadout metric(
      Metric metric, boolean decides, boolean closed, EffectReading effects) {
    List<Level> levels = new ArrayList<>();
    List<EffectReadout> read = new ArrayList<>();
    Moments control = moments(experiment.control(), metric);
    for (Arm arm : experiment.arms()) {
      Moments moments = moments(arm.name(), metric);
      if (moments != null) {
        levels.add(
            new Level(
                arm.name(),
                moments.count(),
                impressions(arm.name(), metric.name()),
                Methods.finite(moments.mean(Part.NUMERATOR) / moments.mean(Part.DENOMINATOR))));
      }
      if (moments != null && control != null && !closed && !isControl(arm)) {
        read.add(
            effects.read(
                arm.name(),
                control,
                moments,
                metric.better(),
                treatmentShare(arm),
                new Methods(planned(arm))));
      }
    }
    return new MetricReadout(
        metric.name(), metric.kind().word(), metric.better().word(), decides, levels, read);
  }

  private List<GuardRailReadout> guardRails() {
    List<GuardRailReadout> read = new ArrayList<>();
    for (Metric metric : experiment.guardRails()) {
      Moments control = isThere(metric) ? moments(experiment.control(), metric) : null;
      for (Arm arm : experiment.arms()) {
        Moments moments = moments(arm.name(), metric);
        if (control != null && moments != null && !isControl(arm)) {
          read.add(guardRail(metric, arm, control, moments));
        }
      }
    }
    return read;
  }

  /** Read by the method that may be looked at any time, for a guard rail stops an arm by itself. */
  private GuardRailReadout guardRail(Metric metric, Arm arm, Moments control, Moments moments) {
    double margin = metric.margin().orElseThrow();
    Comparison comparison = Comparison.of(io.millrace.inference.Metric.RATIO, control, moments);
    Effect effect = comparison.relativeLift();
    double unit = 1;
    // A treatment that has lost everything has a lift without a variance, but a difference with
    // one.
    if (effect instanceof Effect.Absent absent
        && absent.reason() == Effect.Reason.NO_VARIATION
        && comparison.difference() instanceof Effect.Known difference
        && difference.controlLevel() != 0) {
      effect = difference;
      unit = Math.abs(difference.controlLevel());
    }
    GuardRail.Reading reading =
        new GuardRail(
                margin * unit,
                metric.better() == Direction.UP,
                new Methods(planned(arm)).alwaysValid(),
                ALPHA)
            .read(effect);
    return new GuardRailReadout(
        metric.name(),
        metric.kind().word(),
        metric.better().word(),
        margin,
        arm.name(),
        reading.verdict().name().toLowerCase(Locale.ROOT),
        Methods.finite(reading.least() / unit),
        Methods.finite(reading.most() / unit),
        reading.words());
  }

  private boolean isControl(Arm arm) {
    return arm.name().equals(experiment.control());
  }

  private @Nullable Moments moments(String arm, Metric metric) {
    return Optional.ofNullable(records.get(arm)).flatMap(r -> r.moments(metric)).orElse(null);
  }

  private long impressions(String arm, String outcome) {
    return Optional.ofNullable(records.get(arm)).map(r -> r.impressions(outcome)).orElse(0L);
  }

  private double treatmentShare(Arm arm) {
    double both = share(arm.name()) + share(experiment.control());
    return both > 0 ? share(arm.name()) / both : 0.5;
  }

  /** Of the planned units, those of an arm and control. */
  private OptionalLong planned(Arm arm) {
    double both = share(arm.name()) + share(experiment.control());
    return experiment.plannedUnits().isEmpty() || !(both > 0)
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(1, Math.round(experiment.plannedUnits().getAsLong() * both)));
  }
}
