package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;

/** Values for tests. */
public final class TestTensors {
  private TestTensors() {}

  /** Uniform in [-1, 1). */
  public static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return v;
  }

  /** Initial weights moved by up to 0.2, so that none is zero and no gradient hides. */
  public static Tensors weights(CtrModel model, long seed) {
    Tensors weights = Tensors.initial(model.tensors(), seed);
    for (int t = 0; t < weights.values().length; t++) {
      float[] noise = random(weights.values()[t].length, seed * 31 + t);
      for (int i = 0; i < noise.length; i++) {
        weights.values()[t][i] += 0.2f * noise[i];
      }
    }
    return weights;
  }

  public static float[] find(Tensors tensors, String name) {
    for (int t = 0; t < tensors.specs().size(); t++) {
      if (tensors.specs().get(t).name().equals(name)) {
        return tensors.values()[t];
      }
    }
    throw new AssertionError("no tensor " + name + " among " + tensors.specs());
  }

  public static void set(Tensors tensors, String name, float... values) {
    float[] tensor = find(tensors, name);
    assertThat(tensor).hasSameSizeAs(values);
    System.arraycopy(values, 0, tensor, 0, values.length);
  }

  /** Rows of {@code width} values in another order. */
  public static float[] permute(float[] v, int[] order, int width) {
    float[] out = new float[v.length];
    int rows = order.length * width;
    for (int from = 0; from < v.length; from += rows) {
      for (int f = 0; f < order.length; f++) {
        System.arraycopy(v, from + order[f] * width, out, from + f * width, width);
      }
    }
    return out;
  }
}
