package io.millrace.experiment.readout;

import io.millrace.deployment.RefusedChangeException;
import io.millrace.event.ExperimentMetrics;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentLog;
import io.millrace.experiment.ExperimentView;
import io.millrace.experiment.HarmedArm;
import io.millrace.experiment.OnHarm;
import io.millrace.experiment.readout.ExperimentReadout.ArmUnits;
import io.millrace.experiment.readout.ExperimentReadout.GuardRailReadout;
import io.millrace.journal.JournalException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes arms that harm out of their experiments, where these say so. It looks where totals or
 * experiments have changed. The decision is made on the newest view of the log, and none where it
 * is made already, so each server may have a watch. Called by one thread at a time.
 */
public final class GuardRailWatch {
  /** Of each of the two arms: with fewer units, a mean is not yet near a normal one. */
  static final long LEAST_UNITS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(GuardRailWatch.class);

  private final ExperimentLog log;
  private final Clock clock;
  private Map<String, List<ExperimentMetrics>> seen = Map.of();
  private long seenRevision = -1;

  /**
   * @param log of experiments; stays open
   * @param clock of the changes
   */
  public GuardRailWatch(ExperimentLog log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  /**
   * Looks at the newest totals.
   *
   * @param totals by experiment
   */
  public void look(Map<String, List<ExperimentMetrics>> totals) {
    ExperimentView view = log.view();
    boolean changed = view.revision() != seenRevision;
    if (!changed && totals == seen) {
      return;
    }
    try {
      for (Experiment experiment : view.running()) {
        if (isWatched(experiment) && (changed || isNew(experiment, totals))) {
          look(experiment, totals.getOrDefault(experiment.key(), List.of()));
        }
      }
      seen = totals;
      seenRevision = view.revision();
    } catch (JournalException e) {
      LOG.warn("a guard rail cannot stop an arm, trying again: {}", e.toString());
    } catch (RefusedChangeException e) {
      LOG.warn("a guard rail cannot stop an arm: {}", e.getMessage());
      seen = totals;
      seenRevision = view.revision();
    }
  }

  private static boolean isWatched(Experiment experiment) {
    return experiment.onHarm() == OnHarm.STOP && !experiment.guardRails().isEmpty();
  }

  private boolean isNew(Experiment experiment, Map<String, List<ExperimentMetrics>> totals) {
    String key = experiment.key();
    return !totals.getOrDefault(key, List.of()).equals(seen.getOrDefault(key, List.of()));
  }

  private void look(Experiment experiment, List<ExperimentMetrics> totals) {
    ExperimentReadout readout = ExperimentReadout.of(experiment, totals);
    for (GuardRailReadout rail : readout.guardRails()) {
      if (rail.verdict().equals(Verdicts.HARMED)
          && units(readout, rail.arm()) >= LEAST_UNITS
          && units(readout, readout.control()) >= LEAST_UNITS) {
        stop(harmed(readout, rail));
      }
    }
  }

  private void stop(HarmedArm harmed) {
    long before = log.view().revision();
    ExperimentView after = log.change(view -> harmed.change(view, clock.instant()), false);
    if (after.revision() > before) {
      LOG.warn("experiment {}: {}", harmed.experiment(), harmed.reason());
    }
  }

  private static HarmedArm harmed(ExperimentReadout readout, GuardRailReadout rail) {
    String metric = "%s of %s".formatted(rail.kind(), rail.outcome());
    return new HarmedArm(
        readout.experiment(),
        rail.arm(),
        "guard rail " + metric,
        "arm %s harms the %s: %s (units: %d of %s, %d of %s)"
            .formatted(
                rail.arm(),
                metric,
                rail.words(),
                units(readout, readout.control()),
                readout.control(),
                units(readout, rail.arm()),
                rail.arm()));
  }

  private static long units(ExperimentReadout readout, String arm) {
    Optional<ArmUnits> found =
        readout.arms().stream().filter(each -> each.arm().equals(arm)).findFirst();
    return found.map(ArmUnits::units).orElse(0L);
  }
}
