package io.millrace.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the tensors of an architecture in their order; with what several of them have. */
public final class TensorSpecs {
  private static final float MOMENTUM = 0.1f;

  private final List<TensorSpec> specs = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** A tensor that starts uniform, by Xavier. */
  public void xavier(String name, int fanIn, int fanOut, int... shape) {
    add(new TensorSpec(name, shape, new TensorSpec.Init.XavierUniform(fanIn, fanOut)));
  }

  /** A tensor whose elements start equal. */
  public void constant(String name, float value, int... shape) {
    add(new TensorSpec(name, shape, new TensorSpec.Init.Constant(value)));
  }

  /** A running statistic whose elements start equal. */
  public void runningStatistic(String name, float value, float momentum, int... shape) {
    TensorSpec.Init init = new TensorSpec.Init.Constant(value);
    add(new TensorSpec(name, shape, init, new TensorSpec.Role.RunningStatistic(momentum)));
  }

  /** Any tensor. */
  public void add(TensorSpec spec) {
    if (!names.add(spec.name())) {
      throw new IllegalStateException("tensor " + spec.name() + " twice, expected unique names");
    }
    specs.add(spec);
  }

  /** What was declared so far, in that order. */
  public List<TensorSpec> list() {
    return List.copyOf(specs);
  }

  /** {@code y = W x + b}: {@code <prefix>weight} [out, in] and {@code <prefix>bias} [out]. */
  public void linear(String prefix, int in, int out) {
    xavier(prefix + "weight", in, out, out, in);
    constant(prefix + "bias", 0, out);
  }

  /** {@code <prefix>scale} and {@code <prefix>shift} [width], of a normalisation of each row. */
  public void layerNorm(String prefix, int width) {
    constant(prefix + "scale", 1, width);
    constant(prefix + "shift", 0, width);
  }

  /** {@code <prefix>scale}, {@code shift}, and running {@code mean} and {@code variance} [C]. */
  public void batchNorm(String prefix, int channels) {
    constant(prefix + "scale", 1, channels);
    constant(prefix + "shift", 0, channels);
    runningStatistic(prefix + "mean", 0, MOMENTUM, channels);
    runningStatistic(prefix + "variance", 1, MOMENTUM, channels);
  }

  /**
   * Hidden layers: of layer l {@link #linear} {@code <prefix>hidden<l>.} and, where there is one,
   * {@link #batchNorm} {@code <prefix>hidden<l>.norm.}.
   *
   * @param in values of an example that the first layer takes
   * @return units of the last one
   */
  public int hidden(String prefix, HiddenLayers hidden, int in) {
    int from = in;
    for (int l = 0; l < hidden.widths().size(); l++) {
      String name = prefix + "hidden" + l + ".";
      int to = hidden.widths().get(l);
      linear(name, from, to);
      if (hidden.batchNorm()) {
        batchNorm(name + "norm.", to);
      }
      from = to;
    }
    return from;
  }

  /** {@link #hidden}, then {@link #linear} {@code <prefix>output.} with one output. */
  public void perceptron(String prefix, HiddenLayers hidden, int in) {
    linear(prefix + "output.", hidden(prefix, hidden, in), 1);
  }
}
