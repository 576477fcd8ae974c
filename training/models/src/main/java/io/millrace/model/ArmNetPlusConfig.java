package io.millrace.model;

/**
 * ARM-Net+: an ARM-Net and a multi-layer perceptron, whose logits are weighted and added. The first
 * half of every field vector belongs to the ARM-Net, the second half to the perceptron: the authors
 * give each an embedding table of its own, since exponents want small values and a perceptron
 * doesn't, and half a vector is that within one table.
 *
 * @param arm the ARM-Net
 * @param dnn hidden layers of the perceptron
 */
public record ArmNetPlusConfig(ArmNetConfig arm, HiddenLayers dnn) implements Architecture {

  /** Small enough for steps of a few examples. */
  public static ArmNetPlusConfig streaming() {
    return new ArmNetPlusConfig(ArmNetConfig.streaming(), HiddenLayers.plain(64, 32));
  }

  /** A shape for files, which are learned in mini-batches. */
  public static ArmNetPlusConfig forFiles() {
    return new ArmNetPlusConfig(ArmNetConfig.forFiles(), HiddenLayers.forFiles());
  }

  @Override
  public void requireDim(int dim) {
    if (dim % 2 != 0) {
      throw new IllegalArgumentException(
          "dim: " + dim + ", expected an even number for kind armnet+, which halves field vectors");
    }
  }

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    requireDim(dim);
    int half = dim / 2;
    arm.declare(specs, fields, half, rowWidth);
    specs.perceptron("dnn.", dnn, fields * half);
    specs.constant("ensemble.weight", 0.5f, 1, 2);
    specs.constant("ensemble.bias", 0, 1);
  }

  @Override
  public boolean hasTrainingMode() {
    return arm.hasTrainingMode() || dnn.hasTrainingMode();
  }
}
