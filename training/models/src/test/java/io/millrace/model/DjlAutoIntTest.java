package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DjlAutoIntTest {
  private static final float[] X = {1, 0, 0.5f, -0.5f, 0, 2};

  /** Every option on and off, odd sizes. */
  static List<AutoIntConfig> configs() {
    return List.of(
        AutoIntConfig.streaming(),
        AutoIntConfig.paper(1, 1, 3),
        AutoIntConfig.official(2, 3, 2),
        new AutoIntConfig(3, 2, 2, true, true, false, false, true, true),
        new AutoIntConfig(1, 2, 5, false, false, false, true, true, false));
  }

  @Test
  void followsTheWorkedExampleInThePapersForm() {
    AutoIntConfig config = AutoIntConfig.paper(1, 2, 2);
    assertThat(Arrays.copyOf(attention(config), 3))
        .containsExactly(new float[] {.16795275f, .07933526f, .75271199f}, within(1e-5f));
    assertThat(lastLayer(config))
        .containsExactly(
            new float[] {
              .30762038f, 1.66575635f, .53142116f, 1.70573652f,
              .03443196f, 1.42606656f, .46752313f, .82520999f,
              1.6020853f, .43590199f, .68974376f, 1.48546662f
            },
            within(1e-5f));
  }

  @Test
  void followsTheWorkedExampleInTheOfficialForm() {
    AutoIntConfig config = AutoIntConfig.official(1, 2, 2);
    assertThat(Arrays.copyOf(attention(config), 3))
        .containsExactly(new float[] {.21784283f, .15296673f, .62919045f}, within(1e-5f));
    assertThat(lastLayer(new AutoIntConfig(1, 2, 2, true, false, true, true, false, false)))
        .containsExactly(
            new float[] {
              .39432619f, 1.4583809f, .67238262f, 1.40697969f,
              .40113059f, .96085505f, .55f, .81666667f,
              1.494541f, .84995227f, .76219419f, 1.28737264f
            },
            within(1e-5f));
    assertThat(Arrays.copyOf(lastLayer(config), 4))
        .containsExactly(
            new float[] {-1.27797856f, 1.03195778f, -.67435109f, .92037186f}, within(1e-5f));
  }

  @Test
  void addsTheFieldEmbeddingAndTheWideTerm() {
    AutoIntConfig with = new AutoIntConfig(1, 2, 2, false, false, true, false, true, true);
    DjlAutoInt model = new DjlAutoInt(with, 3, 2);
    Tensors weights = worked(with);
    float[] embedding = {1, 0, 0, 0.25f, -1, 1};
    float[] wide = {1, 2, 3, 4, 5, 6};
    set(weights, "field_embedding", embedding);
    set(weights, "wide", wide);
    Arrays.fill(find(weights, "output"), 1);
    set(weights, "bias", 0.125f);
    float[] shifted = X.clone();
    float linear = 0;
    for (int i = 0; i < X.length; i++) {
      shifted[i] -= embedding[i];
      linear += wide[i] * shifted[i];
    }
    float sum = 0;
    for (float v : lastLayer(AutoIntConfig.paper(1, 2, 2))) {
      sum += v;
    }
    float[] logits = new float[1];
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, shifted, 1, logits);
    }
    assertThat(logits[0]).isCloseTo(sum + linear + 0.125f, within(1e-4f));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void attentionOfEachFieldSumsToOne(AutoIntConfig config) {
    DjlAutoInt model = new DjlAutoInt(config, 5, 3);
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      float[] a = workspace.attention(weights(model, 1), random(7 * 15, 2), 7);
      assertThat(a).hasSize(config.layers() * 7 * config.heads() * 25);
      for (int row = 0; row < a.length; row += 5) {
        float sum = 0;
        for (int k = 0; k < 5; k++) {
          assertThat(a[row + k]).isNotNegative();
          sum += a[row + k];
        }
        assertThat(sum).isCloseTo(1, within(1e-5f));
      }
    }
  }

  /** Fields of the input permuted give fields of the layers permuted. */
  @Test
  void layersAreEquivariantToThePermutationOfFields() {
    int[] order = {2, 0, 3, 1};
    AutoIntConfig config = AutoIntConfig.official(2, 2, 3);
    DjlAutoInt model = new DjlAutoInt(config, 4, 3);
    Tensors weights = weights(model, 3);
    Tensors permuted = weights.copy();
    float[] x = random(12, 4);
    float[] xPermuted = permute(x, order, 3);
    set(permuted, "output", permute(find(weights, "output"), order, config.width()));
    float[] expected = new float[1];
    float[] actual = new float[1];
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, 1, expected);
      workspace.infer(permuted, xPermuted, 1, actual);
      assertThat(actual[0]).isCloseTo(expected[0], within(1e-5f));
      workspace.infer(weights, xPermuted, 1, actual);
      assertThat(Math.abs(actual[0] - expected[0])).isGreaterThan(1e-3f);
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void gradientsAgreeWithFiniteDifferences(AutoIntConfig config) {
    DjlAutoInt model = new DjlAutoInt(config, 3, 4);
    int batch = 3;
    Tensors weights = weights(model, 5);
    float[] x = random(batch * 12, 6);
    float[] dLogits = random(batch, 7);
    float[] dx = new float[x.length];
    Tensors dWeights = Tensors.zeros(model.tensors());
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, batch, new float[batch]);
      workspace.backward(dLogits, dx, dWeights);
      List<String> wrong = new ArrayList<>();
      differ(workspace, weights, x, dLogits, x, dx, "x", wrong);
      for (int t = 0; t < model.tensors().size(); t++) {
        String name = model.tensors().get(t).name();
        float[] values = weights.values()[t];
        differ(workspace, weights, x, dLogits, values, dWeights.values()[t], name, wrong);
      }
      assertThat(wrong).isEmpty();
    }
  }

  /**
   * Compares each gradient with differences to both sides, to one side, where the kink of a ReLU
   * lies on the other, and closer by, where normalisation bends much.
   */
  private static void differ(
      DjlAutoIntWorkspace workspace,
      Tensors weights,
      float[] x,
      float[] dLogits,
      float[] at,
      float[] gradient,
      String name,
      List<String> wrong) {
    double middle = objective(workspace, weights, x, dLogits);
    for (int i = 0; i < at.length; i++) {
      float kept = at[i];
      double tolerance = 4e-3 * Math.max(1, Math.abs(gradient[i]));
      StringBuilder seen = new StringBuilder();
      boolean agrees = false;
      for (float h = 4e-3f; !agrees && h > 2e-4f; h /= 4) {
        at[i] = kept + h;
        double above = (objective(workspace, weights, x, dLogits) - middle) / (at[i] - kept);
        at[i] = kept - h;
        double below = (objective(workspace, weights, x, dLogits) - middle) / (at[i] - kept);
        at[i] = kept;
        agrees =
            Math.abs((above + below) / 2 - gradient[i]) < tolerance
                || Math.abs(above - gradient[i]) < tolerance
                || Math.abs(below - gradient[i]) < tolerance;
        seen.append(", ").append(below).append(" and ").append(above);
      }
      if (!agrees) {
        wrong.add(name + "[" + i + "] " + gradient[i] + ", differences" + seen);
      }
    }
  }

  private static double objective(
      DjlAutoIntWorkspace workspace, Tensors weights, float[] x, float[] dLogits) {
    float[] logits = new float[dLogits.length];
    workspace.infer(weights, x, dLogits.length, logits);
    double sum = 0;
    for (int b = 0; b < logits.length; b++) {
      sum += (double) dLogits[b] * logits[b];
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("configs")
  void infersBitForBitWhatItForwards(AutoIntConfig config) {
    DjlAutoInt model = new DjlAutoInt(config, 9, 16);
    Tensors weights = weights(model, 8);
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      for (int batch : new int[] {1, 2, 8, 33, 5}) {
        float[] x = random(batch * 144, batch);
        float[] inferred = new float[batch];
        float[] forwarded = new float[batch];
        workspace.infer(weights, x, batch, inferred);
        workspace.forward(weights, x, batch, forwarded);
        assertThat(forwarded).containsExactly(inferred);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aBatchIsAsGoodAsItsExamplesOneByOne(AutoIntConfig config) {
    DjlAutoInt model = new DjlAutoInt(config, 9, 16);
    Tensors weights = weights(model, 9);
    int batch = 21;
    float[] x = random(batch * 144, 10);
    float[] together = new float[batch];
    float[] alone = new float[1];
    float[] dLogits = random(batch, 11);
    float[] dx = new float[x.length];
    float[] dxAlone = new float[144];
    Tensors dWeights = Tensors.zeros(model.tensors());
    Tensors dAlone = Tensors.zeros(model.tensors());
    Tensors sum = Tensors.zeros(model.tensors());
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, batch, together);
      workspace.backward(dLogits, dx, dWeights);
      for (int b = 0; b < batch; b++) {
        workspace.forward(weights, Arrays.copyOfRange(x, b * 144, (b + 1) * 144), 1, alone);
        assertThat(alone[0]).isCloseTo(together[b], within(2e-6f));
        workspace.backward(new float[] {dLogits[b]}, dxAlone, dAlone);
        assertThat(dxAlone)
            .containsExactly(Arrays.copyOfRange(dx, b * 144, (b + 1) * 144), within(2e-6f));
        for (int t = 0; t < sum.values().length; t++) {
          for (int i = 0; i < sum.values()[t].length; i++) {
            sum.values()[t][i] += dAlone.values()[t][i];
          }
        }
      }
    }
    for (int t = 0; t < sum.values().length; t++) {
      assertThat(sum.values()[t]).containsExactly(dWeights.values()[t], within(2e-5f));
    }
  }

  @Test
  void aPredictionBetweenForwardAndBackwardDisturbsNothing() {
    DjlAutoInt model = new DjlAutoInt(AutoIntConfig.streaming(), 4, 8);
    Tensors weights = weights(model, 12);
    float[] x = random(3 * 32, 13);
    float[] dLogits = {1, -1, 0.5f};
    Tensors undisturbed = Tensors.zeros(model.tensors());
    Tensors disturbed = Tensors.zeros(model.tensors());
    float[] dx = new float[x.length];
    float[] dxDisturbed = new float[x.length];
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, 3, new float[3]);
      workspace.backward(dLogits, dx, undisturbed);
      workspace.forward(weights, x, 3, new float[3]);
      workspace.infer(weights(model, 14), random(50 * 32, 15), 50, new float[50]);
      workspace.backward(dLogits, dxDisturbed, disturbed);
    }
    assertThat(dxDisturbed).containsExactly(dx);
    for (int t = 0; t < disturbed.values().length; t++) {
      assertThat(disturbed.values()[t]).containsExactly(undisturbed.values()[t]);
    }
  }

  @Test
  void seesWeightsThatWereChangedInPlace() {
    DjlAutoInt model = new DjlAutoInt(AutoIntConfig.streaming(), 4, 8);
    Tensors weights = weights(model, 16);
    float[] x = random(32, 17);
    float[] before = new float[1];
    float[] after = new float[1];
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, 1, before);
      find(weights, "bias")[0] += 1;
      workspace.infer(weights, x, 1, after);
    }
    assertThat(after[0]).isCloseTo(before[0] + 1, within(1e-5f));
  }

  @Test
  void workspacesInTwoThreadsLearnWhatOneLearns() throws Exception {
    DjlAutoInt model = new DjlAutoInt(AutoIntConfig.streaming(), 9, 16);
    float[] alone = learn(model, 300);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<float[]> first = threads.submit(() -> learn(model, 300));
      Future<float[]> second = threads.submit(() -> learn(model, 300));
      assertThat(first.get()).containsExactly(alone);
      assertThat(second.get()).containsExactly(alone);
    } finally {
      threads.shutdown();
    }
  }

  private static float[] learn(DjlAutoInt model, int steps) {
    Tensors weights = weights(model, 18);
    Tensors gradients = Tensors.zeros(model.tensors());
    float[] logits = new float[8];
    float[] dx = new float[8 * 144];
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      for (int step = 0; step < steps; step++) {
        workspace.forward(weights, random(8 * 144, step), 8, logits);
        workspace.backward(logits, dx, gradients);
        for (int t = 0; t < weights.values().length; t++) {
          for (int i = 0; i < weights.values()[t].length; i++) {
            weights.values()[t][i] -= 1e-3f * gradients.values()[t][i];
          }
        }
      }
    }
    return logits;
  }

  @Test
  void learnsWithTheLossItIsGiven() {
    DjlAutoInt model = new DjlAutoInt(AutoIntConfig.streaming(), 9, 16);
    float[] learnt = learn(model, 300);
    float[] fresh = learn(model, 1);
    assertThat(sumOfSquares(learnt)).isLessThan(sumOfSquares(fresh) / 4);
  }

  @Test
  void holdsNoNativeMemoryFromOneStepToTheNext() {
    DjlAutoInt model = new DjlAutoInt(AutoIntConfig.streaming(), 9, 16);
    Tensors weights = weights(model, 19);
    Tensors gradients = Tensors.zeros(model.tensors());
    float[] x = random(32 * 144, 20);
    float[] logits = new float[32];
    float[] dx = new float[x.length];
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      int atRest = workspace.nativeArrays();
      workspace.forward(weights, x, 32, logits);
      int inStep = workspace.nativeArrays();
      assertThat(inStep).isGreaterThan(atRest);
      long resident = 0;
      for (int step = 0; step < 1500; step++) {
        workspace.forward(weights, x, 32, logits);
        assertThat(workspace.nativeArrays()).isEqualTo(inStep);
        if (step % 3 != 0) {
          workspace.backward(logits, dx, gradients);
          assertThat(workspace.nativeArrays()).isEqualTo(atRest);
        }
        workspace.infer(weights, x, 32, logits);
        if (step == 300) {
          resident = ProcessMemory.residentBytes();
        }
      }
      // a step's arrays are half a megabyte; the Java heap may still grow
      assertThat(ProcessMemory.residentBytes() - resident).isLessThan(256L << 20);
      workspace.forward(weights, x, 32, logits);
    }
  }

  @Test
  void namesWhatIsWrong() {
    DjlAutoInt model = new DjlAutoInt(AutoIntConfig.streaming(), 4, 8);
    DjlAutoInt other = new DjlAutoInt(AutoIntConfig.streaming(), 5, 8);
    Tensors weights = weights(model, 21);
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      assertThatThrownBy(() -> workspace.infer(weights(other, 1), new float[32], 1, new float[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
      assertThatThrownBy(() -> workspace.infer(weights, new float[32], 0, new float[1]))
          .hasMessage("batch: 0, expected at least 1");
      assertThatThrownBy(
              () -> workspace.backward(new float[1], new float[32], Tensors.zeros(model.tensors())))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("backward without forward, expected one before each");
    }
    assertThatThrownBy(() -> new DjlAutoInt(AutoIntConfig.streaming(), 0, 8))
        .hasMessage("fields: 0, expected at least 1");
    assertThatThrownBy(() -> AutoIntConfig.paper(17, 1, 1))
        .hasMessage("layers: 17, expected 1 to 16");
  }

  /** Attention [L, B, H, F, F] of the worked example. */
  private static float[] attention(AutoIntConfig config) {
    DjlAutoInt model = new DjlAutoInt(config, 3, 2);
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      return workspace.attention(worked(config), X, 1);
    }
  }

  /** What the only layer gives, [F, A], read through outputs that pick one value each. */
  private static float[] lastLayer(AutoIntConfig config) {
    DjlAutoInt model = new DjlAutoInt(config, 3, 2);
    Tensors weights = worked(config);
    float[] output = find(weights, "output");
    float[] seen = new float[output.length];
    float[] logit = new float[1];
    try (DjlAutoIntWorkspace workspace = model.newWorkspace()) {
      for (int i = 0; i < output.length; i++) {
        Arrays.fill(output, 0);
        output[i] = 1;
        workspace.infer(weights, X, 1, logit);
        seen[i] = logit[0];
      }
    }
    return seen;
  }

  /** Weights of the worked example: columns of its W are rows of a projection. */
  private static Tensors worked(AutoIntConfig config) {
    Tensors weights = Tensors.zeros(config.tensors(3, 2));
    set(
        weights,
        "layer0.projection",
        new float[] {
          1,
          0,
          0,
          1,
          .5f,
          .5f,
          -.5f,
          .5f, // query
          .5f,
          1,
          1,
          -.5f,
          0,
          1,
          1,
          0, // key
          1,
          0,
          0,
          1,
          1,
          0,
          0,
          1, // value
          .1f,
          .4f,
          .2f,
          .3f,
          .3f,
          .2f,
          .4f,
          .1f // residual
        });
    if (config.layerNorm()) {
      Arrays.fill(find(weights, "layer0.norm_scale"), 1);
    }
    return weights;
  }

  /** Weights without zeros, so that no gradient hides. */
  private static Tensors weights(DjlAutoInt model, long seed) {
    Tensors weights = Tensors.initial(model.tensors(), seed);
    for (int t = 0; t < weights.values().length; t++) {
      float[] noise = random(weights.values()[t].length, seed * 31 + t);
      for (int i = 0; i < noise.length; i++) {
        weights.values()[t][i] += 0.2f * noise[i];
      }
    }
    return weights;
  }

  private static float[] find(Tensors tensors, String name) {
    for (int t = 0; t < tensors.specs().size(); t++) {
      if (tensors.specs().get(t).name().equals(name)) {
        return tensors.values()[t];
      }
    }
    throw new AssertionError("no tensor " + name);
  }

  private static void set(Tensors tensors, String name, float... values) {
    float[] tensor = find(tensors, name);
    assertThat(tensor).hasSameSizeAs(values);
    System.arraycopy(values, 0, tensor, 0, values.length);
  }

  private static float[] permute(float[] v, int[] order, int width) {
    float[] out = new float[v.length];
    for (int f = 0; f < order.length; f++) {
      System.arraycopy(v, order[f] * width, out, f * width, width);
    }
    return out;
  }

  private static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return v;
  }

  private static double sumOfSquares(float[] v) {
    double sum = 0;
    for (float f : v) {
      sum += f * f;
    }
    return sum;
  }
}
