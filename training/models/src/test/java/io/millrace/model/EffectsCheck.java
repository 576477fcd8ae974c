package io.millrace.model;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** An explanation's effects are what leaving out a field changes of the logit. */
public final class EffectsCheck {
  private static final int FIELDS = 5;

  private EffectsCheck() {}

  /** By predictions of the engine that does not explain. */
  public static void check(Architecture architecture, int dim) {
    CtrModel model = architecture.model(Engine.DJL, FIELDS, dim, dim);
    Tensors weights = weights(model, 3);
    float[] x = random(FIELDS * dim, 10);
    Reasons reasons;
    try (Explainer explainer = architecture.explainer(FIELDS, dim, dim)) {
      reasons = explainer.explain(weights, x, null);
    }
    float[] logit = new float[1];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, 1, logit);
      assertThat(reasons.logit()).isCloseTo(logit[0], within(1e-5f));
      for (int f = 0; f < FIELDS; f++) {
        float[] without = x.clone();
        for (int i = 0; i < dim; i++) {
          without[f * dim + i] = 0;
        }
        boolean[] missing = new boolean[FIELDS];
        missing[f] = true;
        workspace.infer(weights, without, missing, 1, logit);
        assertThat(reasons.effects()[f]).isCloseTo(reasons.logit() - logit[0], within(1e-5f));
        assertThat(reasons.effects()[f]).isNotZero();
      }
    }
  }
}
