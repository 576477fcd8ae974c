package io.millrace.experiment;

import io.millrace.deployment.Made;
import io.millrace.experiment.condition.Condition;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An experiment: what is compared, with whom, and what is looked at. Immutable; what it may be is
 * checked when it is made.
 *
 * @param key its name for machines, also of the feature flag that has its arms' values
 * @param name its name for people
 * @param description what it is for
 * @param state what it does
 * @param unit what it assigns
 * @param seed of the hash that assigns; experiments with the same seed assign alike
 * @param traffic share of the units that are in, 0 to 1
 * @param arms two or more
 * @param control name of the arm that the others are compared with
 * @param layer its part of a layer, if it shares no unit with others
 * @param targeting what must hold of a unit's attributes
 * @param holdout units that stay out, if any do
 * @param forced arms by unit; such units are not counted
 * @param stickiness whether units stay in their arms whatever becomes of the experiment
 * @param plannedUnits how many units it is planned for
 * @param metrics what is looked at, the one that decides first
 * @param guardRails what must not get worse by more than its margin
 * @param onHarm what is done when one of them shows that an arm harms
 * @param data what the models of its arms learn from
 * @param reason why it is in this state, or has these weights, where somebody has said so
 * @param created who made it
 * @param changed who changed it last
 */
@RecordBuilder
public record Experiment(
    String key,
    String name,
    String description,
    ExperimentState state,
    Unit unit,
    String seed,
    double traffic,
    List<Arm> arms,
    String control,
    Optional<Layer> layer,
    Condition targeting,
    Optional<Holdout> holdout,
    Map<String, String> forced,
    Optional<Stickiness> stickiness,
    OptionalLong plannedUnits,
    List<Metric> metrics,
    List<Metric> guardRails,
    OnHarm onHarm,
    DataPolicy data,
    Optional<String> reason,
    Made created,
    Made changed)
    implements ExperimentBuilder.With {

  /**
   * @throws IllegalArgumentException if it can't be, in words
   */
  public Experiment {
    arms = List.copyOf(arms);
    forced = Collections.unmodifiableMap(new LinkedHashMap<>(forced));
    metrics = List.copyOf(metrics);
    guardRails = List.copyOf(guardRails);
    ExperimentValidation.check(
        key, unit, seed, traffic, arms, control, layer, targeting, holdout, forced, stickiness);
    ExperimentValidation.checkPlan(key, plannedUnits, metrics, guardRails);
  }

  /** The arm of a name. */
  public Optional<Arm> arm(String name) {
    return arms.stream().filter(arm -> arm.name().equals(name)).findFirst();
  }

  /** Whether its arms are models, so that it says which one answers. */
  public boolean choosesModel() {
    return !models().isEmpty();
  }

  /** The models of its arms, by their names or aliases. */
  public List<String> models() {
    List<String> models = new ArrayList<>();
    for (Arm arm : arms) {
      if (arm.treatment() instanceof Treatment.Model model) {
        models.add(model.name());
      }
    }
    return models;
  }

  /** Each arm's share of the traffic, of sum 1. */
  public double[] shares() {
    double sum = arms.stream().mapToDouble(Arm::weight).sum();
    return arms.stream().mapToDouble(arm -> arm.weight() / sum).toArray();
  }

  /** As a JSON object with all keys, in a fixed order. */
  public String toJson() {
    return ExperimentJson.write(this).toString();
  }

  /**
   * A draft as people write it: {@link #toJson}'s form with {@code key}, {@code unit} and {@code
   * arms}, and what else is to differ from the defaults. These are the key for name and seed, all
   * traffic, the first arm for control, arms that are stopped when they harm, data that is shared,
   * and nothing of the rest.
   *
   * @throws IllegalArgumentException as of {@link #fromJson}, or if a key is given that only
   *     changes write
   */
  public static Experiment draft(String json, Made made) {
    return ExperimentJson.draft(json, made);
  }

  /**
   * Reads {@link #toJson}'s form.
   *
   * @throws IllegalArgumentException if a key is unknown, missing or mistyped, or a value is out of
   *     range
   */
  public static Experiment fromJson(String json) {
    return ExperimentJson.read(json);
  }
}
