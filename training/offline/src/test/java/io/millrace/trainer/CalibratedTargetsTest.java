package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The worked examples of the project's brief. */
class CalibratedTargetsTest {
  private static final float[] P = {.05f, .1f, .2f, .3f, .35f, .5f, .6f, .7f, .8f, .95f};
  private static final byte[] Y = {0, 0, 1, 0, 0, 1, 0, 1, 1, 1};

  @Test
  void binsHaveTheirMeanLabel() {
    assertThat(CalibratedTargets.bins(P, Y, 5))
        .containsExactly(0, 0, .5f, .5f, .5f, .5f, .5f, .5f, 1, 1);
    assertThat(CalibratedTargets.bins(P, Y, 10)).containsExactly(0, 0, 1, 0, 0, 1, 0, 1, 1, 1);
    assertThat(CalibratedTargets.bins(new float[] {.3f, .2f, .1f}, new byte[] {1, 0, 1}, 7))
        .containsExactly(1, 0, 1);
  }

  @Test
  void theKernelWeighsNeighbours() {
    double[] whole = {
      .14352728, .22740661, .35183647, .263653, .24744758, .52038659, .56148657, .74568302,
      .93484095, .99840423
    };
    assertTargets(CalibratedTargets.kernel(P, Y, .1, 10), whole);
    assertTargets(
        CalibratedTargets.kernel(
            new float[] {.1f, .2f, .25f, .9f}, new byte[] {0, 1, 0, 1}, .05, 1),
        .11920292,
        .57409699,
        .37754067,
        1);
  }

  private static void assertTargets(float[] actual, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as("target %d", i).isCloseTo(expected[i], within(2e-6));
    }
  }

  /** Whatever order the examples come in, an example has the same target. */
  @Test
  void targetsDoNotDependOnTheOrderOfTheExamples() {
    SplittableRandom random = new SplittableRandom(61);
    int n = 101;
    float[] p = new float[n];
    byte[] y = new byte[n];
    float[] reversedP = new float[n];
    byte[] reversedY = new byte[n];
    for (int i = 0; i < n; i++) {
      p[i] = (float) random.nextDouble();
      y[i] = (byte) random.nextInt(2);
      reversedP[n - 1 - i] = p[i];
      reversedY[n - 1 - i] = y[i];
    }
    float[] bins = CalibratedTargets.bins(p, y, 7);
    float[] kernel = CalibratedTargets.kernel(p, y, .05, 10);
    float[] reversedBins = CalibratedTargets.bins(reversedP, reversedY, 7);
    float[] reversedKernel = CalibratedTargets.kernel(reversedP, reversedY, .05, 10);
    double labels = 0;
    double targets = 0;
    for (int i = 0; i < n; i++) {
      assertThat(reversedBins[n - 1 - i]).isEqualTo(bins[i]);
      assertThat(reversedKernel[n - 1 - i]).isCloseTo(kernel[i], within(1e-6f));
      labels += y[i];
      targets += bins[i];
    }
    assertThat(targets).isCloseTo(labels, within(1e-4));
  }

  @Test
  void onlyCalibratedKindsHaveTargets() {
    assertThatThrownBy(() -> CalibratedTargets.of(CapeConfig.none(), P, Y))
        .hasMessage("kind: NONE, expected BIN or KERNEL");
    assertThatThrownBy(() -> new CapeConfig(CapeConfig.Kind.BIN, 1, 0, 1, 1, 1, 1))
        .hasMessage("cape.every: 0, expected at least 1");
  }
}
