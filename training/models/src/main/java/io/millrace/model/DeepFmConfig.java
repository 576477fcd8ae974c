package io.millrace.model;

import io.millrace.model.kernel.FactorizationMachine;

/**
 * DeepFM: a factorization machine and a multi-layer perceptron that share their embeddings. A row
 * is {@code [w, v]}, a linear weight and factors, as of {@link FactorizationMachine}; the
 * perceptron takes the factors.
 *
 * @param hidden hidden layers of the perceptron
 */
public record DeepFmConfig(HiddenLayers hidden) implements Architecture {

  /** Small enough for steps of a few examples. */
  public static DeepFmConfig streaming() {
    return new DeepFmConfig(HiddenLayers.plain(64, 32));
  }

  /** A shape for files, which are learned in mini-batches. */
  public static DeepFmConfig forFiles() {
    return new DeepFmConfig(HiddenLayers.forFiles());
  }

  @Override
  public int linearColumns() {
    return 1;
  }

  @Override
  public boolean takesNewFields() {
    return true;
  }

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    Bounds.requireFactors(dim, rowWidth);
    specs.perceptron("", hidden, fields * (dim / rowWidth) * (rowWidth - 1));
  }

  @Override
  public boolean hasTrainingMode() {
    return hidden.hasTrainingMode();
  }
}
