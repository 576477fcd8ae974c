package io.millrace.serving.http.flags;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.experiment.Arm;
import io.millrace.experiment.Assignment.Why;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.condition.Attributes;
import io.millrace.feature.NearestName;
import io.millrace.ranking.ArmDecision;
import io.millrace.ranking.RunningExperiments;
import io.millrace.serving.http.flags.OfrepAnswer.All;
import io.millrace.serving.http.flags.OfrepAnswer.ErrorCode;
import io.millrace.serving.http.flags.OfrepAnswer.Evaluated;
import io.millrace.serving.http.flags.OfrepAnswer.EventStream;
import io.millrace.serving.http.flags.OfrepAnswer.Failed;
import io.millrace.serving.http.flags.OfrepAnswer.OfFlag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Experiments as flags of OpenFeature's Remote Evaluation Protocol (OFREP) 0.3. A flag has the key
 * of its experiment, and the value that its SDKs of GrowthBook give: that of the unit's arm, and
 * control's for who is in none. The unit is the experiment's attribute in the context, or else the
 * targeting key. Safe for use by many threads.
 *
 * @param experiments in force
 * @param events path of the stream of changes
 */
public record OfrepFlags(RunningExperiments experiments, String events) {
  /** Of a context, what OpenFeature calls the one whom it is about. */
  public static final String TARGETING_KEY = "targetingKey";

  /** One flag. */
  public OfFlag one(String key, Map<String, Object> context) {
    return experiments
        .decide(key, experiment -> attributes(experiment, context))
        .map(OfrepFlags::answer)
        .orElseGet(
            () ->
                new Failed(
                    key,
                    ErrorCode.FLAG_NOT_FOUND,
                    "flag %s: there is no experiment of this key%s"
                        .formatted(key, NearestName.hint(key, experiments.keys()))));
  }

  /** All flags, in the order in which their experiments were created. */
  public All all(Map<String, Object> context) {
    List<OfFlag> flags =
        experiments.decideAll(experiment -> attributes(experiment, context)).stream()
            .map(OfrepFlags::answer)
            .toList();
    return new All(flags, List.of(new EventStream("sse", new EventStream.Endpoint(events))));
  }

  private static Attributes attributes(Experiment experiment, Map<String, Object> context) {
    String unit = experiment.unit().attribute();
    return name -> {
      Object value = context.get(name);
      return value == null && name.equals(unit) ? context.get(TARGETING_KEY) : value;
    };
  }

  private static OfFlag answer(ArmDecision decision) {
    Experiment experiment = decision.experiment();
    if (decision.why().equals(Why.NO_UNIT.word())) {
      return new Failed(
          experiment.key(),
          ErrorCode.TARGETING_KEY_MISSING,
          "flag %s: the context has neither %s nor %s, expected the %s in one of them"
              .formatted(
                  experiment.key(),
                  experiment.unit().attribute(),
                  TARGETING_KEY,
                  experiment.unit().kind().word()));
    }
    Arm arm = decision.arm();
    Arm given = arm == null ? experiment.arm(experiment.control()).orElseThrow() : arm;
    return new Evaluated(
        experiment.key(),
        orNull(given.treatment().flag()),
        reason(decision),
        arm == null ? null : arm.name(),
        Map.of("why", decision.why()));
  }

  private static @Nullable JsonNode orNull(JsonNode value) {
    return value.isNull() ? null : value;
  }

  /** As OpenFeature's specification names them (types, resolution reason). */
  private static String reason(ArmDecision decision) {
    if (decision.why().equals(Why.NOT_RUNNING.word())) {
      return "DISABLED";
    }
    if (decision.arm() == null) {
      return "DEFAULT";
    }
    if (decision.why().equals(Why.FORCED.word())) {
      return "TARGETING_MATCH";
    }
    if (decision.propensity() < 1) {
      return "SPLIT";
    }
    Experiment experiment = decision.experiment();
    if (!experiment.targeting().isEmpty()) {
      return "TARGETING_MATCH";
    }
    boolean everybody =
        experiment.traffic() == 1
            && experiment.layer().isEmpty()
            && experiment.holdout().isEmpty()
            && experiment.forced().isEmpty();
    return everybody ? "STATIC" : "SPLIT";
  }
}
