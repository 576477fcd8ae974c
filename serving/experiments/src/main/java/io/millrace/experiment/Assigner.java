package io.millrace.experiment;

import io.millrace.experiment.Assignment.Why;
import io.millrace.experiment.condition.Attributes;
import io.millrace.experiment.condition.Condition;
import io.millrace.experiment.condition.SavedGroups;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who gets which arm of one experiment: a pure function of unit and attributes, which GrowthBook's
 * SDKs compute too. It allocates nothing, but for targeting on numbers, versions and expressions.
 * Immutable.
 *
 * <p>In this order: the experiment runs; there is a unit; it is forced; it was in an arm before; it
 * is not held out; it is the experiment's in its layer; the targeting holds; its hash lies in an
 * arm's range.
 */
public final class Assigner {
  private static final String LAYER_SEED = "__"; // of GrowthBook's namespaces

  private final Experiment experiment;
  private final boolean running;
  private final BucketHash hash;
  private final BucketRanges ranges;
  private final Condition targeting;
  private final @Nullable Layer layer;
  private final BucketHash layerHash;
  private final double heldOut;
  private final BucketHash holdoutHash;
  private final @Nullable Stickiness sticky;
  private final Map<String, Assignment> forced = new HashMap<>();
  private final Map<String, Assignment> stuck = new HashMap<>();
  private final Assignment[] assigned;
  private final Map<Why, Assignment> none = new EnumMap<>(Why.class);

  /** Assigns to the arms of an experiment. */
  public Assigner(Experiment experiment) {
    this.experiment = experiment;
    running = experiment.state() == ExperimentState.RUNNING;
    hash = new BucketHash(experiment.seed());
    ranges = BucketRanges.byShare(experiment.shares(), experiment.traffic());
    targeting = experiment.targeting();
    layer = experiment.layer().orElse(null);
    layerHash = new BucketHash(LAYER_SEED + experiment.layer().map(Layer::name).orElse(""));
    heldOut = experiment.holdout().map(Holdout::share).orElse(0.0);
    holdoutHash = new BucketHash(experiment.holdout().map(Holdout::name).orElse(""));
    sticky = experiment.stickiness().orElse(null);
    for (Why why : Why.values()) {
      none.put(why, new Assignment(-1, why, 0));
    }
    List<Arm> arms = experiment.arms();
    assigned = new Assignment[arms.size()];
    double[] propensities = propensities();
    for (int i = 0; i < assigned.length; i++) {
      assigned[i] = new Assignment(i, Why.ASSIGNED, propensities[i]);
      stuck.put(arms.get(i).name(), new Assignment(i, Why.STICKY, propensities[i]));
    }
    experiment
        .forced()
        .forEach(
            (unit, arm) -> {
              int index = arms.indexOf(experiment.arm(arm).orElseThrow());
              forced.put(unit, new Assignment(index, Why.FORCED, 1));
            });
  }

  /** What is assigned. */
  public Experiment experiment() {
    return experiment;
  }

  /**
   * The probability of each arm among the units that the hash assigns, by the number of buckets; by
   * the weights where the traffic is none.
   */
  public double[] propensities() {
    int[] buckets = ranges.buckets();
    int sum = 0;
    for (int each : buckets) {
      sum += each;
    }
    double[] propensities = experiment.shares();
    for (int i = 0; i < buckets.length && sum > 0; i++) {
      propensities[i] = buckets[i] / (double) sum;
    }
    return propensities;
  }

  /** What the experiment does with whoever has these attributes, the unit among them. */
  public Assignment assign(Attributes attributes, StickyArms before) {
    return assign(experiment.unit().of(attributes), attributes, before);
  }

  /**
   * What the experiment does with a unit.
   *
   * @param unit null or empty if there is none
   * @param before which arms units were in; asked only if the experiment is sticky
   */
  public Assignment assign(@Nullable String unit, Attributes attributes, StickyArms before) {
    if (!running) {
      return none(Why.NOT_RUNNING);
    }
    if (unit == null || unit.isEmpty()) {
      return none(Why.NO_UNIT);
    }
    Assignment forcedTo = forced.get(unit);
    if (forcedTo != null) {
      return forcedTo;
    }
    if (sticky != null) {
      Assignment known = known(sticky, unit, before);
      if (known != null) {
        return known;
      }
    }
    return byHash(unit, attributes);
  }

  private @Nullable Assignment known(Stickiness sticky, String unit, StickyArms before) {
    for (int version = 0; version < sticky.minVersion(); version++) {
      if (before.arm(experiment.key(), version, unit) != null) {
        return none(Why.STICKY_BLOCKED);
      }
    }
    String arm = before.arm(experiment.key(), sticky.version(), unit);
    return arm == null ? null : stuck.get(arm);
  }

  private Assignment byHash(String unit, Attributes attributes) {
    if (heldOut > 0 && holdoutHash.of(unit) < heldOut) {
      return none(Why.HELD_OUT);
    }
    if (layer != null) {
      double place = layerHash.ofVersion1(unit);
      if (place < layer.from() || place >= layer.to()) {
        return none(Why.OUTSIDE_LAYER);
      }
    }
    if (!targeting.holds(attributes, SavedGroups.NONE)) {
      return none(Why.NOT_TARGETED);
    }
    int arm = ranges.arm(hash.of(unit));
    return arm < 0 ? none(Why.OUTSIDE_TRAFFIC) : assigned[arm];
  }

  @SuppressWarnings("NullAway") // there is one for each reason
  private Assignment none(Why why) {
    return none.get(why);
  }
}
