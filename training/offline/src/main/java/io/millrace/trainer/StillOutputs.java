package io.millrace.trainer;

import io.millrace.model.Tensors;

/**
 * Initial tensors whose last layer gives nothing but its bias: the first answer is the prior, for
 * every example, and the first steps move the last layer alone. Random weights there would begin
 * with a loss above that of the share of positives, by as much as an untrained network says.
 */
final class StillOutputs {
  private StillOutputs() {}

  /** The same tensors, changed in place. */
  static Tensors of(Tensors tensors) {
    for (int t = 0; t < tensors.values().length; t++) {
      if (isOutput(tensors.specs().get(t).name())) {
        java.util.Arrays.fill(tensors.values()[t], 0);
      }
    }
    return tensors;
  }

  /** The names that architectures give to the weights of their last layer. */
  private static boolean isOutput(String tensor) {
    return tensor.equals("output")
        || tensor.endsWith("output.weight")
        || tensor.equals("fusion.first")
        || tensor.equals("fusion.second")
        || tensor.equals("fusion.bilinear");
  }
}
