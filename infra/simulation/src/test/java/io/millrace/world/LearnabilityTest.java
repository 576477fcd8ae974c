package io.millrace.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import org.junit.jupiter.api.Test;

class LearnabilityTest {
  @Test
  void whatIsServedComesNearTheCeilingAndInteractionsMatter() {
    Learnability.Result fm = run(ModelKind.FM);
    Learnability.Result lr = run(ModelKind.LR);

    assertThat(fm.whole().ceiling()).as("ceiling of %s", fm).isBetween(0.78, 0.88);
    assertThat(fm.later().calibration()).as("predicted/true of %s", fm).isCloseTo(1, within(0.05));
    assertThat(fm.laterServedGap())
        .as("served AUC below the ceiling in the second half: %s", fm)
        .isLessThan(0.02);
    assertThat(lr.laterServedGap() - fm.laterServedGap())
        .as("what lr loses without interactions: fm %s, lr %s", fm, lr)
        .isGreaterThan(0.005);
  }

  private static Learnability.Result run(ModelKind kind) {
    ModelConfig model = ModelConfig.defaults(kind, "test", Learnability.schema());
    return Learnability.run(WorldConfig.defaults(1), model, 80_000, 200);
  }
}
