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

  @Override
  public CtrModel model(Engine engine, int fields, int dim, int rowWidth) {
    DjlModel reference = model(fields, dim, rowWidth);
    return engine == Engine.DJL
        ? reference
        : new KernelModel(reference, names -> new KernelArmNetPlus(this, fields, dim, names));
  }

  @Override
  public DjlModel model(int fields, int dim, int rowWidth) {
    requireDim(dim);
    return DjlModel.of(fields, dim, specs -> new DjlArmNetPlusGraph(this, fields, dim, specs));
  }

  @Override
  public Explainer explainer(int fields, int dim, int rowWidth) {
    return KernelExplainers.crosses(model(Engine.KERNELS, fields, dim, rowWidth), arm, dim / 2);
  }

  @Override
  public void requireDim(int dim) {
    if (dim % 2 != 0) {
      throw new IllegalArgumentException(
          "dim: " + dim + ", expected an even number for kind armnet+, which halves field vectors");
    }
  }
}
