package io.millrace.model;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Values for a list of {@link TensorSpec}, one array each, in the order of the specs.
 *
 * @param constant whether no value ever changes: what a workspace derives from them for a
 *     prediction is then good for those that follow
 */
public record Tensors(List<TensorSpec> specs, float[][] values, boolean constant) {

  /** Values that may change. */
  public Tensors(List<TensorSpec> specs, float[][] values) {
    this(specs, values, false);
  }

  /** All zeros. */
  public static Tensors zeros(List<TensorSpec> specs) {
    return new Tensors(specs, specs.stream().map(s -> new float[s.size()]).toArray(float[][]::new));
  }

  /** Initial values: a pure function of the specs and the seed. */
  public static Tensors initial(List<TensorSpec> specs, long seed) {
    Tensors tensors = zeros(specs);
    for (int t = 0; t < specs.size(); t++) {
      float[] v = tensors.values[t];
      SplittableRandom random = new SplittableRandom(seed + t);
      if (specs.get(t).init() instanceof TensorSpec.Init.Constant constant) {
        Arrays.fill(v, constant.value());
      } else if (specs.get(t).init() instanceof TensorSpec.Init.XavierUniform xavier) {
        double bound = xavier.gain() * Math.sqrt(6.0 / (xavier.fanIn() + xavier.fanOut()));
        for (int i = 0; i < v.length; i++) {
          v[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
      } else if (specs.get(t).init() instanceof TensorSpec.Init.Uniform uniform) {
        for (int i = 0; i < v.length; i++) {
          v[i] = uniform.middle() + (float) (2 * random.nextDouble() - 1) * uniform.bound();
        }
      }
    }
    return tensors;
  }

  /** A copy that shares nothing but the specs. */
  public Tensors copy() {
    float[][] v = new float[values.length][];
    for (int t = 0; t < v.length; t++) {
      v[t] = values[t].clone();
    }
    return new Tensors(specs, v);
  }
}
