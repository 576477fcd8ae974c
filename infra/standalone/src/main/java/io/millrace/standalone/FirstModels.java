package io.millrace.standalone;

import io.millrace.deployment.Alias;
import io.millrace.deployment.Deployment;
import io.millrace.deployment.DeploymentChange;
import io.millrace.deployment.DeploymentLog;
import io.millrace.deployment.DeploymentState;
import io.millrace.deployment.DeploymentView;
import io.millrace.deployment.Made;
import io.millrace.deployment.Origin;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The models that a platform is started with, put among its deployments. */
final class FirstModels {
  private static final String BY = "start";

  private FirstModels() {}

  /**
   * Adds those that are not there yet; the first is the live one, if there is none.
   *
   * @return what whoever started the platform should know
   * @throws UserError if one is there with other settings, or is retired
   */
  static List<String> in(DeploymentLog log, List<StreamModel> models, Clock clock) {
    List<String> notes = new ArrayList<>();
    DeploymentView before = log.newest();
    boolean lives = before.find(Alias.LIVE).isPresent();
    for (StreamModel model : models) {
      Deployment known = before.models().get(model.name());
      if (known != null) {
        check(known, model);
        continue;
      }
      DeploymentState state = lives ? DeploymentState.SHADOW : DeploymentState.LEARNING;
      Made made = new Made(BY, clock.instant());
      Origin origin =
          model
              .start()
              .<Origin>map(folder -> new Origin.Trained(folder.toAbsolutePath().toString()))
              .orElseGet(Origin.Anew::new);
      var unused =
          log.change(
              view -> Optional.of(new DeploymentChange.Add(model.config(), origin, state, made)),
              false);
      if (lives) {
        notes.add(
            "model %s is new here and learns as a shadow; %s answers until 'millrace models promote %s'"
                .formatted(
                    model.name(),
                    before.find(Alias.LIVE).map(Deployment::name).orElse(""),
                    model.name()));
      }
    }
    if (!lives && !models.isEmpty()) {
      String first = models.get(0).name();
      Made made = new Made(BY, clock.instant());
      var unused =
          log.change(
              view -> Optional.of(new DeploymentChange.Point(Alias.LIVE, first, made)), false);
    }
    return notes;
  }

  private static void check(Deployment known, StreamModel model) {
    if (known.state() == DeploymentState.RETIRED) {
      throw new UserError(
          "model %s: it was retired here at %s, expected another name"
              .formatted(model.name(), known.changed().at()));
    }
    model
        .config()
        .differenceFrom(known.config().toJson())
        .ifPresent(
            d -> {
              throw new UserError(
                  "model %s: %s is %s, but it learns here with %s; go back to that, add another by 'millrace models clone', or choose another data directory"
                      .formatted(model.name(), d.setting(), d.givenInWords(), d.storedInWords()));
            });
  }
}
