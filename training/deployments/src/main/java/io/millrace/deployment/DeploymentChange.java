package io.millrace.deployment;

import io.millrace.learner.ModelConfig;
import java.util.Optional;

/** One change of what models there should be. */
public sealed interface DeploymentChange {
  /** Who made it, and when. */
  Made made();

  /** A new model. */
  record Add(ModelConfig config, Origin origin, DeploymentState state, Made made)
      implements DeploymentChange {}

  /** Another state of a model. */
  record SetState(String model, DeploymentState state, Optional<String> reason, Made made)
      implements DeploymentChange {}

  /**
   * An alias that means a model from now on; a model that was a shadow learns openly with it.
   *
   * @param alias not the name of a model
   */
  record Point(String alias, String model, Made made) implements DeploymentChange {}
}
