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

  /** A shape for files, which are learned in mini-batches. */
  public static MlpConfig forFiles() {
    return new MlpConfig(HiddenLayers.forFiles());
  }

  @Override
  public boolean takesNewFields() {
    return true;
  }

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    specs.perceptron("", hidden, fields * dim);
  }

  @Override
  public boolean hasTrainingMode() {
    return hidden.hasTrainingMode();
  }
}
