package io.millrace.serving.http;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.linecorp.armeria.common.HttpStatus;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentCommands;
import io.millrace.experiment.ExperimentCommands.Answer;
import io.millrace.experiment.ExperimentState;
import io.millrace.experiment.ExperimentView;
import io.millrace.feature.NearestName;
import io.millrace.ranking.Deadline;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which experiments there are: {@code GET /v1/experiments}, and how that is changed: {@code POST
 * /v1/experiments}, {@code /v1/experiments/state} and {@code /v1/experiments/ramp}. Safe for use by
 * many threads.
 */
final class ExperimentsEndpoint {
  /** What a new experiment may say. */
  static final List<String> NEW_KEYS =
      List.of(
          "key",
          "name",
          "description",
          "unit",
          "seed",
          "traffic",
          "arms",
          "control",
          "layer",
          "targeting",
          "holdout",
          "forced",
          "sticky",
          "plannedUnits",
          "metrics",
          "guardRails",
          "onHarm",
          "data",
          "by",
          "dryRun");

  /** What a start or a stop may say. */
  static final List<String> STATE_KEYS = List.of("key", "state", "reason", "by", "dryRun");

  /** What a change of traffic or weights may say. */
  static final List<String> RAMP_KEYS =
      List.of("key", "traffic", "weights", "reason", "by", "dryRun");

  private static final String KEY = "an experiment's key";

  private final ExperimentCommands commands;

  ExperimentsEndpoint(ExperimentCommands commands) {
    this.commands = commands;
  }

  /**
   * Experiments.
   *
   * @param revision how many changes led here
   * @param experiments JSON array, in the order in which they were created
   */
  record All(long revision, @JsonRawValue String experiments) {
    private static All of(long revision, Collection<Experiment> experiments) {
      return new All(
          revision,
          experiments.stream().map(Experiment::toJson).collect(Collectors.joining(",", "[", "]")));
    }
  }

  /**
   * What came of a change.
   *
   * @param dryRun whether it is only what would come of it
   * @param says in words
   * @param experiment after it, as JSON
   */
  record Changed(boolean dryRun, String says, @JsonRawValue String experiment) {}

  /** All of them, or the one of a key. */
  All all(@Nullable String key) {
    ExperimentView view = commands.view();
    if (key == null) {
      return All.of(view.revision(), view.experiments().values());
    }
    return All.of(
        view.revision(),
        List.of(
            view.find(key)
                .orElseThrow(
                    () ->
                        RequestException.of(
                            HttpStatus.NOT_FOUND,
                            "experiment %s: there is none%s"
                                .formatted(
                                    key, NearestName.hint(key, view.experiments().keySet()))))));
  }

  CompletionStage<Changed> add(byte[] json, Deadline deadline) {
    return changed(
        json,
        body -> {
          Map<String, Object> draft = new LinkedHashMap<>(body.object().allow(NEW_KEYS).values());
          draft.keySet().removeAll(List.of("by", "dryRun"));
          try {
            return commands.create(
                new String(JsonAnswers.bytes(draft), StandardCharsets.UTF_8), body.asked());
          } catch (IllegalArgumentException e) {
            throw RequestException.badRequest(String.valueOf(e.getMessage()));
          }
        });
  }

  CompletionStage<Changed> state(byte[] json, Deadline deadline) {
    return changed(
        json,
        body -> {
          body.object().allow(STATE_KEYS);
          String key = body.required("key", KEY);
          String state = body.required("state", "running or stopped");
          if (state.equals(ExperimentState.RUNNING.word())) {
            return commands.start(key, body.reason(), body.asked());
          } else if (state.equals(ExperimentState.STOPPED.word())) {
            return commands.stop(key, body.reason(), body.asked());
          }
          throw RequestException.field("state", "running or stopped", state);
        });
  }

  CompletionStage<Changed> ramp(byte[] json, Deadline deadline) {
    return changed(
        json,
        body -> {
          RequestObject object = body.object().allow(RAMP_KEYS);
          String key = body.required("key", KEY);
          Double traffic = object.number("traffic");
          RequestObject given = object.object("weights");
          Map<String, Double> weights = new LinkedHashMap<>();
          for (String arm : given.values().keySet()) {
            Double weight = given.number(arm);
            if (weight == null) {
              throw RequestException.field(given.at(arm), "a finite number", null);
            }
            weights.put(arm, weight);
          }
          return commands.ramp(
              key,
              traffic == null ? OptionalDouble.empty() : OptionalDouble.of(traffic),
              weights,
              body.reason(),
              body.asked());
        });
  }

  private static CompletionStage<Changed> changed(
      byte[] json, Function<ChangeBody, Answer> change) {
    return ChangeBody.changed(
        json,
        body -> {
          Answer answer = change.apply(body);
          return new Changed(body.dryRun(), answer.words(), answer.experiment().toJson());
        });
  }
}
