package io.millrace.model;

/**
 * AutoInt+: the logit of an AutoInt plus that of a multi-layer perceptron on the field vectors
 * themselves, one behind the other; both share the embeddings.
 *
 * @param attention the AutoInt
 * @param dnn hidden layers of the perceptron
 */
public record AutoIntPlusConfig(AutoIntConfig attention, HiddenLayers dnn) implements Architecture {

  /** Small enough for steps of a few examples. */
  public static AutoIntPlusConfig streaming() {
    return new AutoIntPlusConfig(AutoIntConfig.streaming(), HiddenLayers.plain(64, 32));
  }

  @Override
  public CtrModel model(Engine engine, int fields, int dim, int rowWidth) {
    DjlModel reference = model(fields, dim, rowWidth);
    return engine == Engine.DJL
        ? reference
        : new KernelModel(reference, names -> new KernelAutoIntPlus(this, fields, dim, names));
  }

  @Override
  public DjlModel model(int fields, int dim, int rowWidth) {
    return DjlModel.of(fields, dim, specs -> new DjlAutoIntPlusGraph(this, fields, dim, specs));
  }

  @Override
  public Explainer explainer(int fields, int dim, int rowWidth) {
    return KernelExplainers.attention(model(Engine.KERNELS, fields, dim, rowWidth), attention);
  }
}
