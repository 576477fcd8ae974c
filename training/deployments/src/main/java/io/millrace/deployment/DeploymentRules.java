package io.millrace.deployment;

import io.millrace.deployment.DeploymentChange.Add;
import io.millrace.deployment.DeploymentChange.Point;
import io.millrace.deployment.DeploymentChange.SetState;
import java.util.Optional;
import java.util.stream.Collectors;

/** What may become of which model. */
final class DeploymentRules {
  private static final String NAMES = "[A-Za-z0-9_-]{1,100}";

  private DeploymentRules() {}

  /** Why a change cannot be made, in words that name value and expectation; empty if it can. */
  static Optional<String> objection(DeploymentView view, DeploymentChange change) {
    if (change instanceof Add add) {
      return toAdd(view, add);
    } else if (change instanceof SetState set) {
      return toSet(view, set);
    } else if (change instanceof Point point) {
      return toPoint(view, point);
    }
    return Optional.empty();
  }

  private static Optional<String> toAdd(DeploymentView view, Add add) {
    String name = add.config().name();
    Deployment known = view.models().get(name);
    if (known != null) {
      return Optional.of(
          "model %s: there is one%s, expected a new name"
              .formatted(
                  name, known.state() == DeploymentState.RETIRED ? ", which is retired" : ""));
    }
    if (view.aliases().containsKey(name)) {
      return Optional.of("model %s: an alias, expected a new name".formatted(name));
    }
    if (!add.state().learns()) {
      return Optional.of(
          "model %s: state %s, expected learning or shadow".formatted(name, add.state().word()));
    }
    if (add.origin() instanceof Origin.CloneOf clone && view.find(clone.source()).isEmpty()) {
      return Optional.of(unknown(view, clone.source()));
    }
    return Optional.empty();
  }

  private static Optional<String> toSet(DeploymentView view, SetState set) {
    if (view.find(set.model()).isEmpty() || view.aliases().containsKey(set.model())) {
      return Optional.of(unknown(view, set.model()));
    }
    boolean meant = !view.aliasesOf(set.model()).isEmpty();
    if (meant
        && (set.state() == DeploymentState.RETIRED || set.state() == DeploymentState.SHADOW)) {
      return Optional.of(
          "model %s: alias %s means it, expected a model that no alias means; promote another first"
              .formatted(set.model(), String.join(", ", view.aliasesOf(set.model()))));
    }
    return Optional.empty();
  }

  private static Optional<String> toPoint(DeploymentView view, Point point) {
    if (!point.alias().matches(NAMES)) {
      return Optional.of(
          "alias: \"%s\", expected 1 to 100 letters, digits, '-' or '_'".formatted(point.alias()));
    }
    if (view.models().containsKey(point.alias())) {
      return Optional.of(
          "alias %s: the name of a model, expected another".formatted(point.alias()));
    }
    return view.find(point.model()).isEmpty() || view.aliases().containsKey(point.model())
        ? Optional.of(unknown(view, point.model()))
        : Optional.empty();
  }

  /** That there is no such model. */
  static String unknown(DeploymentView view, String name) {
    String present =
        view.present().stream().map(Deployment::name).collect(Collectors.joining(", "));
    return view.models().containsKey(name)
        ? "model %s: retired, expected one of %s".formatted(name, present)
        : "model %s: there is none, expected one of %s".formatted(name, present);
  }
}
