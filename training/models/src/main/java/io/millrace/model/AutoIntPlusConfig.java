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

  /** A shape for files, which are learned in mini-batches. */
  public static AutoIntPlusConfig forFiles() {
    return new AutoIntPlusConfig(AutoIntConfig.forFiles(), HiddenLayers.forFiles());
  }

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    attention.declare(specs, fields, dim, rowWidth);
    specs.perceptron("dnn.", dnn, fields * dim);
  }

  @Override
  public boolean hasTrainingMode() {
    return attention.hasTrainingMode() || dnn.hasTrainingMode();
  }
}
