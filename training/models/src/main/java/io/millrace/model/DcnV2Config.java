package io.millrace.model;

/**
 * DCN-V2: cross layers, each of which raises the order of interactions by one, and a multi-layer
 * perceptron.
 *
 * @param crossLayers number of cross layers, 1 to 8
 * @param stacked whether the perceptron takes what the cross layers give; it takes the field
 *     vectors in parallel to them otherwise
 * @param hidden hidden layers of the perceptron
 */
public record DcnV2Config(int crossLayers, boolean stacked, HiddenLayers hidden)
    implements Architecture {

  public DcnV2Config {
    Bounds.require("crossLayers", crossLayers, 8);
  }

  /** Small enough for steps of a few examples. */
  public static DcnV2Config streaming() {
    return new DcnV2Config(2, false, HiddenLayers.plain(64, 32));
  }

  /** A shape for files, which are learned in mini-batches. */
  public static DcnV2Config forFiles() {
    return new DcnV2Config(3, false, HiddenLayers.forFiles());
  }

  @Override
  public boolean takesNewFields() {
    return true;
  }

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    int values = fields * dim;
    for (int l = 0; l < crossLayers; l++) {
      specs.linear("cross" + l + ".", values, values);
    }
    int width = specs.hidden("", hidden, values);
    specs.linear("output.", stacked ? width : width + values, 1);
  }

  @Override
  public boolean hasTrainingMode() {
    return hidden.hasTrainingMode();
  }
}
