package io.millrace.experiment.readout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.event.ExperimentMetrics;
import io.millrace.experiment.Experiment;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment has shown so far. Numbers that are not known, or are infinite, are null, and
 * words beside them say why. JSON has the components' names.
 *
 * @param experiment its key
 * @param state what the experiment does: draft, running, stopped
 * @param lastChange why it is so, where somebody or a guard rail has said it
 * @param control name of the arm that the others are compared with
 * @param alpha error probability of each interval, both sides together
 * @param decides name of the method whose intervals decide: always-valid, or hybrid where the
 *     experiment plans its units
 * @param verdict what it comes to
 * @param arms in the experiment's order
 * @param mismatch whether the arms have the units that they should have
 * @param metrics in the experiment's order; the first decides
 * @param guardRails one for each guard rail and treatment
 * @param interference in words, how arms may have changed one another
 * @param notes what was left out or done otherwise than asked, and why
 */
public record ExperimentReadout(
    String experiment,
    String state,
    @Nullable LastChange lastChange,
    String control,
    double alpha,
    String decides,
    Verdict verdict,
    List<ArmUnits> arms,
    Mismatch mismatch,
    List<MetricReadout> metrics,
    List<GuardRailReadout> guardRails,
    String interference,
    List<String> notes) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The last change of an experiment.
   *
   * @param by who made it; a guard rail by its name
   * @param at when, as ISO 8601
   */
  public record LastChange(String by, String at, String reason) {}

  /** What an experiment comes to. */
  public enum Conclusion {
    /** There are no two arms with data. */
    NO_DATA,
    /** Arms lack units: no effect is shown. */
    MISMATCH,
    /** A treatment harms what a guard rail watches. */
    HARMED,
    /** A treatment is better in the deciding metric. */
    BETTER,
    /** Each treatment is worse in the deciding metric. */
    WORSE,
    /** Nothing is shown yet. */
    OPEN
  }

  /**
   * @param arm that the conclusion is about, or null
   * @param words a sentence for a reader
   */
  public record Verdict(Conclusion conclusion, @Nullable String arm, String words) {}

  /**
   * @param share of the units that the arm is to have
   * @param units that were seen in this arm and no other
   * @param crossed units that were seen in another arm too, and are counted nowhere
   * @param ignored examples whose probability or value could not be counted
   * @param first event time of the earliest impression as ISO 8601, null before
   * @param last event time of the latest impression as ISO 8601, null before
   */
  public record ArmUnits(
      String arm,
      double share,
      long units,
      long crossed,
      long ignored,
      @Nullable String first,
      @Nullable String last) {}

  /**
   * @param alarm whether it closes the read-out
   * @param level at which it does
   * @param fixedPValue of Pearson's χ² test, valid at one look; null without units
   * @param anytimePValue of the test that may be looked at any time; null without units
   */
  public record Mismatch(
      boolean alarm,
      double level,
      @Nullable Double fixedPValue,
      @Nullable Double anytimePValue,
      String words) {}

  /**
   * @param outcome that it is of
   * @param kind as the experiment has it: rate, value, logloss, calibration
   * @param better up or down
   * @param decides whether the verdict is by this metric
   * @param levels of the arms that have units
   * @param effects of the treatments; none where the read-out is closed
   */
  public record MetricReadout(
      String outcome,
      String kind,
      String better,
      boolean decides,
      List<Level> levels,
      List<EffectReadout> effects) {}

  /**
   * @param units with a label of the outcome
   * @param impressions of these units
   * @param mean of the metric, null where nothing is counted
   */
  public record Level(String arm, long units, long impressions, @Nullable Double mean) {}

  /**
   * A treatment beside control.
   *
   * @param difference treatment's level less control's
   * @param relativeLift the difference by the size of control's level
   * @param adjustedPValue the deciding p value of the difference, adjusted for the number of
   *     comparisons by Benjamini and Hochberg's rule
   * @param conclusion BETTER or WORSE where that is at most alpha, else OPEN
   * @param probabilityToBeat that treatment is better, after the data and nothing before
   * @param expectedLoss what choosing treatment loses on average where it is worse
   * @param expectedLossOfControl what choosing control loses on average where treatment is better
   */
  public record EffectReadout(
      String arm,
      Estimate difference,
      Estimate relativeLift,
      @Nullable Double adjustedPValue,
      Conclusion conclusion,
      @Nullable Double probabilityToBeat,
      @Nullable Double expectedLoss,
      @Nullable Double expectedLossOfControl,
      @Nullable Power power) {}

  /**
   * @param absent why there is no figure, null where there is one
   */
  public record Estimate(
      @Nullable Double value,
      @Nullable Double standardError,
      List<IntervalReadout> intervals,
      @Nullable String absent) {}

  /**
   * @param method fixed, always-valid or hybrid
   * @param decides whether the conclusion is by this one
   * @param lower null where nothing is ruled out yet
   * @param upper null where nothing is ruled out yet
   * @param words the method in words
   */
  public record IntervalReadout(
      String method,
      boolean decides,
      @Nullable Double lower,
      @Nullable Double upper,
      double pValue,
      String words) {}

  /**
   * @param power that the figures are for
   * @param units of control and treatment so far
   * @param detectableLift least relative lift that is seen with this power by now
   * @param detectableAtPlan the same at the planned units, null without a plan
   * @param unitsStill units that are still to come: by the plan, or until a difference of the
   *     estimated size is seen; null where that is out of reach
   */
  public record Power(
      double power,
      long units,
      @Nullable Double detectableLift,
      @Nullable Double detectableAtPlan,
      @Nullable Long unitsStill,
      String words) {}

  /**
   * @param margin relative change for the worse that is put up with
   * @param verdict safe, harmed or open
   * @param least relative effect that is not ruled out, positive for good; null where none is
   * @param most relative effect that is not ruled out, positive for good; null where none is
   */
  public record GuardRailReadout(
      String outcome,
      String kind,
      String better,
      double margin,
      String arm,
      String verdict,
      @Nullable Double least,
      @Nullable Double most,
      String words) {}

  /**
   * Reads out an experiment.
   *
   * @param records the newest totals of its arms; those of other experiments are passed over
   */
  public static ExperimentReadout of(Experiment experiment, Collection<ExperimentMetrics> records) {
    return new Reading(experiment, records).readout();
  }

  /** As JSON. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a read-out of numbers and texts is always JSON", e);
    }
  }
}
