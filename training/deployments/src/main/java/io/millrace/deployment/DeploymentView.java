package io.millrace.deployment;

import io.millrace.deployment.DeploymentChange.Add;
import io.millrace.deployment.DeploymentChange.Point;
import io.millrace.deployment.DeploymentChange.SetState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which models there should be, at a revision. Immutable.
 *
 * @param revision how many changes led here
 * @param models by name, retired ones among them, in the order in which they were added
 * @param aliases by name
 */
public record DeploymentView(
    long revision, Map<String, Deployment> models, Map<String, Alias> aliases) {
  /** No model at all. */
  public static final DeploymentView EMPTY = new DeploymentView(0, Map.of(), Map.of());

  public DeploymentView {
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
  }

  /** Those that are not retired, in the order in which they were added. */
  public List<Deployment> present() {
    List<Deployment> present = new ArrayList<>();
    for (Deployment model : models.values()) {
      if (model.state() != DeploymentState.RETIRED) {
        present.add(model);
      }
    }
    return List.copyOf(present);
  }

  /** The model of a name or an alias, unless it is retired. */
  public Optional<Deployment> find(String nameOrAlias) {
    Alias alias = aliases.get(nameOrAlias);
    return Optional.ofNullable(models.get(alias == null ? nameOrAlias : alias.model()))
        .filter(model -> model.state() != DeploymentState.RETIRED);
  }

  /** The aliases that stand for a model. */
  public List<String> aliasesOf(String model) {
    return aliases.entrySet().stream()
        .filter(entry -> entry.getValue().model().equals(model))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The next view, by a change that can be made. */
  DeploymentView after(DeploymentChange change) {
    Map<String, Deployment> after = new LinkedHashMap<>(models);
    Map<String, Alias> pointed = new LinkedHashMap<>(aliases);
    if (change instanceof Add add) {
      after.put(
          add.config().name(),
          new Deployment(
              add.config(), add.origin(), add.state(), Optional.empty(), add.made(), add.made()));
    } else if (change instanceof SetState set) {
      after.computeIfPresent(
          set.model(), (name, model) -> model.in(set.state(), set.reason(), set.made()));
    } else if (change instanceof Point point) {
      pointed.compute(
          point.alias(),
          (name, before) ->
              new Alias(
                  point.model(), Optional.ofNullable(before).map(Alias::model), point.made()));
      after.computeIfPresent(
          point.model(),
          (name, model) ->
              model.state() == DeploymentState.SHADOW
                  ? model.in(DeploymentState.LEARNING, Optional.empty(), point.made())
                  : model);
    }
    return new DeploymentView(revision + 1, after, pointed);
  }
}
