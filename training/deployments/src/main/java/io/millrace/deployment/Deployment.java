package io.millrace.deployment;

import io.millrace.learner.ModelConfig;
import java.util.Optional;

/**
 * A model as it should be.
 *
 * @param config its settings, its name among them
 * @param origin what it begins with
 * @param state what it does
 * @param reason why it is in this state, where somebody has said so
 * @param added who added it
 * @param changed who changed its state last
 */
public record Deployment(
    ModelConfig config,
    Origin origin,
    DeploymentState state,
    Optional<String> reason,
    Made added,
    Made changed) {

  /** Its name. */
  public String name() {
    return config.name();
  }

  Deployment in(DeploymentState next, Optional<String> why, Made by) {
    return new Deployment(config, origin, next, why, added, by);
  }
}
