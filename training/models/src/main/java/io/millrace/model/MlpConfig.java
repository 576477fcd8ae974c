package io.millrace.model;

/**
 * A multi-layer perceptron on all field vectors, one behind the other.
 *
 * @param hidden its layers
 */
public record MlpConfig(HiddenLayers hidden) implements Architecture {

  /** Small enough for steps of a few examples. */
  public static MlpConfig streaming() {
    return new MlpConfig(HiddenLayers.plain(64, 32));
  }

  @Override
  public CtrModel model(Engine engine, int fields, int dim, int rowWidth) {
    DjlModel reference = model(fields, dim, rowWidth);
    return engine == Engine.DJL
        ? reference
        : new KernelModel(reference, names -> new KernelMlp(hidden, "", fields * dim, names));
  }

  @Override
  public DjlModel model(int fields, int dim, int rowWidth) {
    return DjlModel.of(fields, dim, specs -> new DjlMlpGraph(this, "", fields * dim, specs));
  }

  @Override
  public boolean takesNewFields() {
    return true;
  }
}
