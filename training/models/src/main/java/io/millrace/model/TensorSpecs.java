package io.millrace.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects the tensors of a graph while it is built. Each declaration gives the tensor's number, by
 * which the graph takes its values in a {@link DjlPass}.
 */
final class TensorSpecs {
  private final List<TensorSpec> specs = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** A tensor that starts uniform, by Xavier. */
  int xavier(String name, int fanIn, int fanOut, int... shape) {
    return add(new TensorSpec(name, shape, new TensorSpec.Init.XavierUniform(fanIn, fanOut)));
  }

  /** A tensor whose elements start equal. */
  int constant(String name, float value, int... shape) {
    return add(new TensorSpec(name, shape, new TensorSpec.Init.Constant(value)));
  }

  /** A running statistic whose elements start equal. */
  int runningStatistic(String name, float value, float momentum, int... shape) {
    TensorSpec.Init init = new TensorSpec.Init.Constant(value);
    return add(new TensorSpec(name, shape, init, new TensorSpec.Role.RunningStatistic(momentum)));
  }

  /** Any tensor. */
  int add(TensorSpec spec) {
    if (!names.add(spec.name())) {
      throw new IllegalStateException("tensor " + spec.name() + " twice, expected unique names");
    }
    specs.add(spec);
    return specs.size() - 1;
  }

  /** What was declared so far, in that order. */
  List<TensorSpec> list() {
    return List.copyOf(specs);
  }
}
