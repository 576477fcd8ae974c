package io.millrace.serving.http;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.millrace.deployment.Alias;
import io.millrace.deployment.Deployment;
import io.millrace.deployment.DeploymentState;
import io.millrace.deployment.DeploymentView;
import io.millrace.deployment.ModelCatalog;
import io.millrace.deployment.ModelCatalog.Answer;
import io.millrace.deployment.Origin;
import io.millrace.deployment.RefusedChangeException;
import io.millrace.learner.ModelKind;
import io.millrace.ranking.Deadline;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What models there should be: {@code GET /v1/deployments}, and how that is changed: {@code POST
 * /v1/models}, {@code /v1/models/state} and {@code /v1/aliases}. Safe for use by many threads.
 */
final class ModelsEndpoint {
  /** What a new model may say. */
  static final List<String> NEW_KEYS =
      List.of("name", "cloneOf", "kind", "set", "state", "by", "dryRun");

  /** What a change of a model's state may say. */
  static final List<String> STATE_KEYS = List.of("model", "state", "reason", "by", "dryRun");

  /** What a change of an alias may say. */
  static final List<String> ALIAS_KEYS = List.of("alias", "model", "rollback", "by", "dryRun");

  private final ModelCatalog catalog;
  private final Function<String, Optional<String>> inUse;

  /**
   * @param inUse why a model of a name can't be retired, in words
   */
  ModelsEndpoint(ModelCatalog catalog, Function<String, Optional<String>> inUse) {
    this.catalog = catalog;
    this.inUse = inUse;
  }

  /**
   * What should run.
   *
   * @param revision how many changes led here
   * @param aliases what each means
   * @param models in the order in which they were added, retired ones too
   */
  record Deployments(long revision, Map<String, String> aliases, List<Model> models) {}

  /**
   * A model as it should be.
   *
   * @param origin new, trained or clone
   * @param from folder of the trained model, or name of the model that it is a clone of; or null
   * @param config its settings
   */
  record Model(
      String name,
      String state,
      String kind,
      String outcome,
      List<String> aliases,
      String origin,
      @Nullable String from,
      @Nullable String reason,
      String addedBy,
      long addedTime,
      String changedBy,
      long changedTime,
      @JsonRawValue String config) {}

  /**
   * What came of a change.
   *
   * @param dryRun whether it is only what would come of it
   * @param says in words
   * @param deployments after it
   */
  record Changed(boolean dryRun, String says, Deployments deployments) {}

  /** All of them. */
  Deployments all() {
    return of(catalog.view());
  }

  private static Deployments of(DeploymentView view) {
    Map<String, String> aliases = new TreeMap<>();
    view.aliases().forEach((alias, meant) -> aliases.put(alias, meant.model()));
    return new Deployments(
        view.revision(),
        aliases,
        view.models().values().stream()
            .map(model -> model(model, view.aliasesOf(model.name())))
            .toList());
  }

  private static Model model(Deployment model, List<String> aliases) {
    Origin origin = model.origin();
    return new Model(
        model.name(),
        model.state().word(),
        model.config().kind().toString(),
        model.config().outcome(),
        aliases,
        origin instanceof Origin.Anew
            ? "new"
            : origin instanceof Origin.Trained ? "trained" : "clone",
        origin instanceof Origin.Trained trained
            ? trained.path()
            : origin instanceof Origin.CloneOf clone ? clone.source() : null,
        model.reason().orElse(null),
        model.added().by(),
        model.added().at().toEpochMilli(),
        model.changed().by(),
        model.changed().at().toEpochMilli(),
        model.config().toJson());
  }

  CompletionStage<Changed> add(byte[] json, Deadline deadline) {
    return changed(
        json,
        change -> {
          RequestObject body = change.object().allow(NEW_KEYS);
          String name = change.required("name", "the new model's name");
          if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")) {
            throw RequestException.field(
                "name", "1 to 100 letters, digits, '-' or '_', the first no '-'", name);
          }
          String settings = settings(body);
          DeploymentState state = state(body, DeploymentState.SHADOW);
          String source = body.string("cloneOf");
          String kind = body.string("kind");
          if ((source == null) == (kind == null)) {
            throw RequestException.badRequest(
                "cloneOf, kind: %s given, expected one of them: the model to go on from, or the kind of one that begins anew"
                    .formatted(source == null ? "neither" : "both"));
          }
          return source != null
              ? catalog.clone(source, name, settings, state, change.asked())
              : catalog.add(name, kind(String.valueOf(kind)), settings, state, change.asked());
        });
  }

  CompletionStage<Changed> state(byte[] json, Deadline deadline) {
    return changed(
        json,
        change -> {
          change.object().allow(STATE_KEYS);
          String model = change.required("model", "a model's name");
          String word = change.required("state", "learning, frozen, shadow or retired");
          DeploymentState state = named("state", word);
          if (state == DeploymentState.RETIRED) {
            requireUnused(model);
          }
          return catalog.set(model, state, change.reason().orElse(null), change.asked());
        });
  }

  private void requireUnused(String model) {
    inUse
        .apply(model)
        .ifPresent(
            words -> {
              throw new RefusedChangeException(words);
            });
  }

  CompletionStage<Changed> alias(byte[] json, Deadline deadline) {
    return changed(
        json,
        change -> {
          RequestObject body = change.object().allow(ALIAS_KEYS);
          String given = body.string("alias");
          String alias = given == null ? Alias.LIVE : given;
          String model = body.string("model");
          if (body.bool("rollback", false) == (model != null)) {
            throw RequestException.badRequest(
                "model, rollback: %s given, expected one of them"
                    .formatted(model == null ? "neither" : "both"));
          }
          return model == null
              ? catalog.rollBack(alias, change.asked())
              : catalog.promote(model, alias, change.asked());
        });
  }

  private static CompletionStage<Changed> changed(
      byte[] json, Function<ChangeBody, Answer> change) {
    return ChangeBody.changed(
        json,
        body -> {
          Answer answer = change.apply(body);
          return new Changed(body.dryRun(), answer.words(), of(answer.view()));
        });
  }

  private static String settings(RequestObject body) {
    Object set = body.values().get("set");
    if (set == null) {
      return "{}";
    }
    if (!(set instanceof Map)) {
      throw RequestException.field("set", "an object of settings", set);
    }
    requireValues("set", set);
    return new String(JsonAnswers.bytes(set), StandardCharsets.UTF_8);
  }

  private static void requireValues(String place, @Nullable Object value) {
    if (value == null) {
      throw RequestException.field(place, "a value", null);
    } else if (value instanceof Map<?, ?> object) {
      object.forEach((key, inner) -> requireValues(place + "." + key, inner));
    } else if (value instanceof List<?> list) {
      list.forEach(inner -> requireValues(place, inner));
    }
  }

  private static DeploymentState state(RequestObject body, DeploymentState absent) {
    String word = body.string("state");
    return word == null ? absent : named("state", word);
  }

  private static DeploymentState named(String key, String word) {
    try {
      return DeploymentState.of(word);
    } catch (IllegalArgumentException e) {
      throw RequestException.field(key, "learning, frozen, shadow or retired", word);
    }
  }

  private static ModelKind kind(String word) {
    try {
      return ModelKind.named(word);
    } catch (IllegalArgumentException e) {
      throw RequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }
}
