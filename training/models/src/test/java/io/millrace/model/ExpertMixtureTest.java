package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.kernel.FactorizationMachine;
import io.millrace.model.kernel.LogisticRegression;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two or three machines of F 3, D 6 in chunks of W 3. */
public class ExpertMixtureTest {
  private static final int FIELDS = 3;
  private static final int DIM = 6;
  private static final int CHUNK = 3;
  private static final int BATCH = 4;
  private static final CtrModel MACHINE = new FactorizationMachine(FIELDS, DIM, CHUNK);

  private static float[] random(int n, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  /** Log weights of the experts and the mixer; the mixer's own weights depart from their start. */
  private static Tensors tensors(ExpertMixture mixture, float... logWeights) {
    Tensors tensors = Tensors.zeros(mixture.tensors());
    int experts = logWeights.length - 1;
    for (int e = 0; e < experts; e++) {
      tensors.values()[e][0] = 0.3f * e - 0.2f;
    }
    tensors.values()[experts] = logWeights;
    tensors.values()[experts + 1] = Arrays.copyOf(new float[] {0.5f, -0.7f, 0.2f}, experts + 1);
    return tensors;
  }

  /** Field vectors of expert e, read off by the definition of the layout. */
  private static float[] of(int e, int experts, float[] x) {
    float[] own = new float[x.length / experts];
    for (int i = 0; i < own.length; i++) {
      own[i] = x[i / CHUNK * experts * CHUNK + e * CHUNK + i % CHUNK];
    }
    return own;
  }

  private static double logit(int e, int experts, Tensors weights, float[] x, int b) {
    return machine(e, experts, weights.values()[e], x, b);
  }

  private static double machine(int e, int experts, float[] bias, float[] x, int b) {
    float[] logits = new float[BATCH];
    Tensors own = Tensors.zeros(MACHINE.tensors());
    own.values()[0][0] = bias[0];
    MACHINE.newWorkspace().infer(own, of(e, experts, x), BATCH, logits);
    return logits[b];
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @Test
  void theAnswerIsTheWeightedMeanOfProbabilities() {
    ExpertMixture mixture = new ExpertMixture(Collections.nCopies(3, MACHINE), CHUNK, true);
    Tensors weights = tensors(mixture, 0, (float) Math.log(2), 0, (float) Math.log(4));
    float[] x = random(BATCH * FIELDS * 3 * DIM, 1);
    float[] inferred = new float[BATCH];
    float[] forward = new float[BATCH];
    CtrModel.Workspace workspace = mixture.newWorkspace();
    workspace.infer(weights, x, BATCH, inferred);
    workspace.forward(weights, x, BATCH, 0, forward);

    assertThat(mixture.dim()).isEqualTo(18);
    assertThat(forward).isEqualTo(inferred);
    for (int b = 0; b < BATCH; b++) {
      double first = logit(0, 3, weights, x, b);
      double second = logit(1, 3, weights, x, b);
      double third = logit(2, 3, weights, x, b);
      double mixer = (1 / 3.0 + 0.5) * first + (1 / 3.0 - 0.7) * second + (1 / 3.0 + 0.2) * third;
      double expected =
          (sigmoid(first) + 2 * sigmoid(second) + sigmoid(third) + 4 * sigmoid(mixer)) / 8;
      assertThat(sigmoid(inferred[b])).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void predictsByTheTensorsAtHandWhetherTheyAreConstantOrNot() {
    DeepFmConfig deep = new DeepFmConfig(HiddenLayers.plain(20, 6));
    CtrModel perceptron = deep.model(Engine.KERNELS, FIELDS, DIM, CHUNK);
    ConstantTensors.check(new ExpertMixture(List.of(MACHINE, perceptron, MACHINE), CHUNK, true));
  }

  @Test
  void gradientsOfItsOwnLogitAreThoseOfFiniteDifferences() {
    ExpertMixture mixture = new ExpertMixture(Collections.nCopies(2, MACHINE), CHUNK, true);
    Tensors weights = tensors(mixture, 0.4f, -0.3f, 0.6f);
    weights.values()[4][0] = 7;
    float[] x = random(BATCH * FIELDS * 2 * DIM, 2);
    float[] dLogits = random(BATCH, 3);
    float[] dx = new float[x.length];
    Tensors gradients = Tensors.zeros(mixture.tensors());
    CtrModel.Workspace workspace = mixture.newWorkspace();
    workspace.forward(weights, x, BATCH, 0, new float[BATCH]);
    workspace.backward(dLogits, dx, gradients);

    for (int i = 0; i < x.length; i++) {
      assertThat(dx[i]).isCloseTo((float) slope(mixture, weights, x, x, i, dLogits), within(2e-3f));
    }
    for (int e = 0; e < 2; e++) {
      float[] bias = weights.values()[e];
      assertThat(gradients.values()[e][0])
          .isCloseTo((float) slope(mixture, weights, x, bias, 0, dLogits), within(2e-3f));
    }
    for (int moved = 2; moved < 5; moved++) {
      assertThat(gradients.values()[moved]).isEqualTo(weights.values()[moved]);
    }
  }

  private static double slope(
      CtrModel model, Tensors weights, float[] x, float[] values, int i, float[] dLogits) {
    float before = values[i];
    double step = 1e-2;
    values[i] = (float) (before + step);
    double above = weighted(model, weights, x, dLogits);
    values[i] = (float) (before - step);
    double below = weighted(model, weights, x, dLogits);
    values[i] = before;
    return (above - below) / (2 * step);
  }

  private static double weighted(CtrModel model, Tensors weights, float[] x, float[] dLogits) {
    float[] logits = new float[BATCH];
    model.newWorkspace().infer(weights, x, BATCH, logits);
    double sum = 0;
    for (int b = 0; b < BATCH; b++) {
      sum += dLogits[b] * logits[b];
    }
    return sum;
  }

  @Test
  void eachExpertLearnsFromItsOwnLoss() {
    ExpertMixture mixture = new ExpertMixture(Collections.nCopies(2, MACHINE), CHUNK, true);
    Tensors weights = tensors(mixture, 0.4f, -0.3f, 0.6f);
    float[] x = random(BATCH * FIELDS * 2 * DIM, 4);
    byte[] labels = {1, 0, 0, 1};
    float[] dx = new float[x.length];
    Tensors gradients = Tensors.zeros(mixture.tensors());
    CtrModel.Workspace workspace = mixture.newWorkspace();
    workspace.forward(weights, x, BATCH, 0, new float[BATCH]);
    workspace.backwardLoss(labels, new float[BATCH], dx, gradients);

    for (int e = 0; e < 2; e++) {
      float[] own = of(e, 2, x);
      Tensors bias = Tensors.zeros(MACHINE.tensors());
      bias.values()[0][0] = weights.values()[e][0];
      float[] logits = new float[BATCH];
      float[] dOwn = new float[own.length];
      Tensors dBias = Tensors.zeros(MACHINE.tensors());
      CtrModel.Workspace alone = MACHINE.newWorkspace();
      alone.forward(bias, own, BATCH, 0, logits);
      for (int b = 0; b < BATCH; b++) {
        logits[b] = (float) (sigmoid(logits[b]) - labels[b]);
      }
      alone.backward(logits, dOwn, dBias);
      assertThat(of(e, 2, dx)).containsExactly(dOwn, within(1e-6f));
      assertThat(gradients.values()[e]).containsExactly(dBias.values()[0], within(1e-6f));
    }
  }

  /** Of the deep expert. */
  protected Engine engine() {
    return Engine.KERNELS;
  }

  /** A machine beside a deep one: each as it would be alone, with tensors of its own. */
  @Test
  void expertsMayBeOfDifferentArchitectures() {
    DeepFmConfig deep = new DeepFmConfig(HiddenLayers.plain(5));
    CtrModel second = deep.model(engine(), FIELDS, DIM, CHUNK);
    ExpertMixture mixture = new ExpertMixture(List.of(MACHINE, second, MACHINE), CHUNK, true);
    assertThat(mixture.tensors().stream().map(TensorSpec::name))
        .startsWith("0/bias", "1/" + second.tensors().get(0).name())
        .endsWith("2/bias", "experts", "mixer", "information");
    Tensors weights = Tensors.initial(mixture.tensors(), 8);
    int logWeights = mixture.tensors().size() - 3;
    weights.values()[0][0] = 0.3f;
    weights.values()[logWeights] = new float[] {1, 2, 0, -100};
    float[] x = random(BATCH * FIELDS * 3 * DIM, 6);
    byte[] labels = {1, 0, 0, 1};
    float[] mixed = new float[BATCH];
    float[] dx = new float[x.length];
    Tensors gradients = Tensors.zeros(mixture.tensors());
    try (CtrModel.Workspace workspace = mixture.newWorkspace();
        CtrModel.Workspace alone = second.newWorkspace()) {
      workspace.forward(weights, x, BATCH, 0, mixed);
      workspace.backwardLoss(labels, new float[BATCH], dx, gradients);

      int count = second.tensors().size();
      float[][] own = Arrays.copyOfRange(weights.values(), 1, 1 + count);
      float[] logits = new float[BATCH];
      float[] dOwn = new float[BATCH * FIELDS * DIM];
      Tensors dWeights = Tensors.zeros(second.tensors());
      alone.forward(new Tensors(second.tensors(), own), of(1, 3, x), BATCH, 0, logits);
      double sum = Math.exp(1) + Math.exp(2) + 1;
      for (int b = 0; b < BATCH; b++) {
        double expected =
            (Math.exp(1) * sigmoid(logit(0, 3, weights, x, b))
                    + Math.exp(2) * sigmoid(logits[b])
                    + sigmoid(machine(2, 3, weights.values()[logWeights - 1], x, b)))
                / sum;
        assertThat(sigmoid(mixed[b])).isCloseTo(expected, within(1e-6));
        logits[b] = (float) (sigmoid(logits[b]) - labels[b]);
      }
      alone.backward(logits, dOwn, dWeights);
      assertThat(of(1, 3, dx)).containsExactly(dOwn, within(1e-6f));
      for (int t = 0; t < count; t++) {
        assertThat(gradients.values()[1 + t]).containsExactly(dWeights.values()[t], within(1e-6f));
      }
    }
    mixture.close();
  }

  @Test
  void anExpertOfAnotherArchitectureThanTheSingleModelBeginsWithLittleWeight() {
    CtrModel deep =
        new DeepFmConfig(HiddenLayers.plain(5)).model(Engine.KERNELS, FIELDS, DIM, CHUNK);
    Tensors single = Tensors.initial(deep.tensors(), 9);
    List<TensorSpec> mixture = new ExpertMixture(List.of(MACHINE, deep), CHUNK, true).tensors();
    Tensors continuing = ExpertMixture.continuing(mixture, single);
    int count = deep.tensors().size();
    assertThat(continuing.values()[0]).containsExactly(0);
    for (int t = 0; t < count; t++) {
      assertThat(continuing.values()[1 + t]).isEqualTo(single.values()[t]);
    }
    float little = (float) Math.log(ExpertMixture.SHARE);
    assertThat(continuing.values()[1 + count]).containsExactly(little, 0, little);
    assertThat(continuing.values()[2 + count]).containsExactly(0, 0, 0);
    int[] sources = ExpertMixture.sources(mixture, deep.tensors());
    assertThat(sources[0]).isEqualTo(-1);
    assertThat(sources[count]).isEqualTo(count - 1);
    assertThat(sources[1 + count]).isEqualTo(-1);
    assertThat(sources[2 + count]).isEqualTo(-1);
    assertThat(sources[3 + count]).isEqualTo(-1);
  }

  @Test
  void withAllExpertsContinuedTheMixerCountsAtOnce() {
    Tensors single = Tensors.initial(MACHINE.tensors(), 9);
    Tensors continuing =
        ExpertMixture.continuing(
            new ExpertMixture(List.of(MACHINE, MACHINE), CHUNK, true).tensors(), single);
    assertThat(continuing.values()[2]).containsExactly(0, 0, 0);
  }

  @Test
  void expertsOfDifferentInputsAreRefused() {
    assertThatThrownBy(
            () ->
                new ExpertMixture(
                    List.of(MACHINE, new FactorizationMachine(FIELDS + 1, DIM, CHUNK)),
                    CHUNK,
                    true))
        .hasMessage(
            "expert 1: fields %d, dim %d, expected %d and %d as of the first"
                .formatted(FIELDS + 1, DIM, FIELDS, DIM));
    assertThatThrownBy(() -> new ExpertMixture(List.of(MACHINE), CHUNK, true))
        .hasMessage("experts: 1, expected at least 2");
  }

  /**
   * By hand: shares 3/6, 1/6 and, of the mixer, 2/6; probabilities of the label .2, .8 and, at the
   * mean of two opposite logits, .5; a thousandth is spread.
   */
  @Test
  void theWeightsFollowBayesAndShare() {
    LogisticRegression single = new LogisticRegression(1);
    ExpertMixture mixture = new ExpertMixture(Collections.nCopies(2, single), 1, true);
    Tensors weights = Tensors.zeros(mixture.tensors());
    weights.values()[2] = new float[] {(float) Math.log(3), 0, (float) Math.log(2)};
    float[] x = {(float) Math.log(4), (float) Math.log(0.25)}; // p = .8 and .2 of a one
    Tensors gradients = Tensors.zeros(mixture.tensors());
    CtrModel.Workspace workspace = mixture.newWorkspace();
    workspace.forward(weights, x, 1, 0, new float[1]);
    workspace.backwardLoss(new byte[] {0}, new float[1], new float[2], gradients);

    // 3 · .2 : 1 · .8 : 2 · .5 = 3 : 4 : 5
    float[] moved = gradients.values()[2];
    assertThat(Math.exp(moved[0])).isCloseTo(0.999 * 3 / 12 + 0.001 / 3, within(1e-6));
    assertThat(Math.exp(moved[1])).isCloseTo(0.999 * 4 / 12 + 0.001 / 3, within(1e-6));
    assertThat(Math.exp(moved[2])).isCloseTo(0.999 * 5 / 12 + 0.001 / 3, within(1e-6));
  }

  /** As before there was a mixer, by hand: shares 3/4 and 1/4, probabilities .2 and .8. */
  @Test
  void withoutMixerTheExpertsAreAllMembers() {
    LogisticRegression single = new LogisticRegression(1);
    ExpertMixture mixture = new ExpertMixture(Collections.nCopies(2, single), 1, false);
    assertThat(mixture.tensors().stream().map(TensorSpec::name))
        .containsExactly("0/bias", "1/bias", "experts");
    Tensors weights = Tensors.zeros(mixture.tensors());
    weights.values()[2] = new float[] {(float) Math.log(3), 0};
    float[] x = {(float) Math.log(4), (float) Math.log(0.25)}; // p = .8 and .2 of a one
    float[] logits = new float[1];
    float[] dx = new float[2];
    Tensors gradients = Tensors.zeros(mixture.tensors());
    CtrModel.Workspace workspace = mixture.newWorkspace();
    workspace.forward(weights, x, 1, 0, logits);
    assertThat(sigmoid(logits[0])).isCloseTo(0.75 * 0.8 + 0.25 * 0.2, within(1e-6));
    workspace.backward(new float[] {1}, dx, gradients);
    // shares times p (1 - p) of each, over that of the mixture's .65
    assertThat(dx[0]).isCloseTo(0.75f * 0.16f / 0.2275f, within(1e-6f));
    assertThat(dx[1]).isCloseTo(0.25f * 0.16f / 0.2275f, within(1e-6f));
    assertThat(gradients.values()[2]).isEqualTo(weights.values()[2]);
    workspace.backwardLoss(new byte[] {0}, logits, dx, gradients);

    // .75 · .2 : .25 · .8 = 3 : 4
    float[] moved = gradients.values()[2];
    assertThat(Math.exp(moved[0])).isCloseTo(0.999 * 3 / 7 + 0.0005, within(1e-6));
    assertThat(Math.exp(moved[1])).isCloseTo(0.999 * 4 / 7 + 0.0005, within(1e-6));

    Tensors of = Tensors.initial(new LogisticRegression(1).tensors(), 1);
    assertThat(ExpertMixture.continuing(mixture.tensors(), of).values()[2]).containsExactly(0, 0);
  }

  /** A step of several examples moves what the labels move as several steps of one do. */
  @Test
  void theLabelsOfAStepMoveWeightsAndMixerOneByOne() {
    LogisticRegression single = new LogisticRegression(1);
    ExpertMixture mixture = new ExpertMixture(Collections.nCopies(2, single), 1, true);
    float[] x = random(2 * BATCH, 7);
    byte[] labels = {1, 0, 0, 1};
    Tensors together = Tensors.zeros(mixture.tensors());
    Tensors weights = Tensors.zeros(mixture.tensors());
    CtrModel.Workspace workspace = mixture.newWorkspace();
    workspace.forward(weights, x, BATCH, 0, new float[BATCH]);
    workspace.backwardLoss(labels, new float[BATCH], new float[2 * BATCH], together);

    for (int b = 0; b < BATCH; b++) {
      learn(mixture, workspace, weights, Arrays.copyOfRange(x, 2 * b, 2 * b + 2), labels[b]);
    }
    for (int t = 2; t < 5; t++) {
      assertThat(together.values()[t]).containsExactly(weights.values()[t], within(1e-5f));
      assertThat(together.values()[t]).doesNotContain(0);
    }
  }

  /** One step in which the experts stay as they are. */
  private static float learn(
      ExpertMixture mixture, CtrModel.Workspace workspace, Tensors weights, float[] x, byte label) {
    Tensors gradients = Tensors.zeros(mixture.tensors());
    float[] logit = new float[1];
    workspace.forward(weights, x, 1, 0, logit);
    workspace.backwardLoss(new byte[] {label}, new float[1], new float[x.length], gradients);
    for (int t = 2; t < 5; t++) {
      new TensorSpec.Role.RunningStatistic(1).blend(weights.values()[t], gradients.values()[t]);
    }
    return logit[0];
  }

  /** Both experts know the odds but square them; no mean of their probabilities could help. */
  @Test
  void overconfidenceOfAllExpertsIsCorrected() {
    ExpertMixture mixture =
        new ExpertMixture(Collections.nCopies(2, new LogisticRegression(1)), 1, true);
    Tensors weights = Tensors.zeros(mixture.tensors());
    CtrModel.Workspace workspace = mixture.newWorkspace();
    Random random = new Random(8);
    for (int i = 0; i < 5_000; i++) {
      float truth = (float) random.nextGaussian() * 2;
      byte label = (byte) (random.nextFloat() < sigmoid(truth) ? 1 : 0);
      learn(mixture, workspace, weights, new float[] {2 * truth, 2 * truth}, label);
    }
    float[] x = {4, 4, -2, -2, 0, 0};
    float[] logits = new float[3];
    workspace.infer(weights, x, 3, logits);
    assertThat(logits).containsExactly(new float[] {2, -1, 0}, within(0.2f));
  }

  /** An expert that is certain and wrong loses nearly all weight, but can come back. */
  @Test
  void aCertainErrorLeavesAFiniteWeight() {
    ExpertMixture mixture =
        new ExpertMixture(Collections.nCopies(2, new LogisticRegression(1)), 1, true);
    Tensors weights = Tensors.zeros(mixture.tensors());
    float[] x = {200, 0};
    float[] logits = new float[1];
    Tensors gradients = Tensors.zeros(mixture.tensors());
    CtrModel.Workspace workspace = mixture.newWorkspace();
    workspace.forward(weights, x, 1, 0, logits);
    workspace.backwardLoss(new byte[] {0}, logits, new float[2], gradients);

    // the mixer has half of no more than 20: (1 + ½ + p) / (0 + ½ + 1 − p)
    double p = sigmoid(10);
    assertThat(logits[0]).isCloseTo((float) Math.log((1.5 + p) / (1.5 - p)), within(1e-5f));
    assertThat(Math.exp(gradients.values()[2][0])).isCloseTo(0.001 / 3, within(1e-5));
  }

  @Test
  void explanationsAddUpToTheMixturesLogit() {
    ExpertMixture mixture = new ExpertMixture(Collections.nCopies(2, MACHINE), CHUNK, true);
    Tensors weights = tensors(mixture, -1f, 1f, -9f);
    float[] x = random(FIELDS * 2 * DIM, 5);
    float[] logits = new float[1];
    mixture.newWorkspace().infer(weights, x, 1, logits);
    try (Explainer explainer =
        mixture.explainer(
            Collections.nCopies(
                2, new FactorizationMachineConfig().explainer(FIELDS, DIM, CHUNK)))) {
      Reasons reasons = explainer.explain(weights, x, null);
      assertThat(reasons.logit()).isEqualTo(logits[0]);
      Reasons.Terms terms = (Reasons.Terms) reasons.detail();
      double sum = terms.rest();
      for (float linear : terms.linear()) {
        sum += linear;
      }
      for (Reasons.Pair pair : terms.pairs()) {
        sum += pair.product();
      }
      assertThat(sum).isCloseTo(logits[0], within(1e-5));
      // of the heavier one, the second
      assertThat(terms.linear()[0]).isCloseTo(x[3] + x[9], within(1e-6f));
      // its weight in the mixer, ½ − .7, is below the first one's, ½ + .5
      weights.values()[2][2] = 9;
      terms = (Reasons.Terms) explainer.explain(weights, x, null).detail();
      assertThat(terms.linear()[0]).isCloseTo(x[0] + x[6], within(1e-6f));
    }
  }
}
