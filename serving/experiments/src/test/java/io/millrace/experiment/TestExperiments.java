package io.millrace.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.deployment.Made;
import io.millrace.experiment.condition.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Experiments to start tests from. */
public final class TestExperiments {
  /** Who makes them. */
  public static final Made ANN = new Made("ann", Instant.ofEpochMilli(1_700_000_000_000L));

  private static final ObjectMapper JSON = new ObjectMapper();

  private TestExperiments() {}

  /** A running one of two models with equal weights, for all users. */
  public static Experiment running(String key) {
    return new Experiment(
        key,
        "A test",
        "",
        ExperimentState.RUNNING,
        new Unit(UnitKind.USER, "user"),
        key,
        1,
        List.of(model("old", 1), model("new", 1)),
        "old",
        Optional.empty(),
        Condition.ANY,
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        OptionalLong.empty(),
        List.of(),
        List.of(),
        OnHarm.STOP,
        DataPolicy.SHARED,
        Optional.empty(),
        ANN,
        ANN);
  }

  /** An arm with a model of the same name. */
  public static Arm model(String name, double weight) {
    return new Arm(name, weight, new Treatment.Model(name));
  }

  /** A condition of JSON with single quotes. */
  public static Condition condition(String json) {
    return Condition.parse(json(json));
  }

  /** JSON with single quotes. */
  public static JsonNode json(String json) {
    try {
      return JSON.readTree(json.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
