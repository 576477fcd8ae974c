package io.millrace.model;

import java.util.List;

/**
 * The hidden layers of a multi-layer perceptron; each is a linear map, then batch normalisation if
 * asked for, ReLU and dropout.
 *
 * @param widths units of each layer, 1 to 8 layers of 1 to 4096
 * @param batchNorm whether each layer is normalised; for large steps only, since a step's own
 *     statistics are those it learns with
 * @param dropout share of units that a learning step leaves out, in [0, 1)
 */
public record HiddenLayers(List<Integer> widths, boolean batchNorm, float dropout) {

  public HiddenLayers {
    widths = List.copyOf(widths);
    Bounds.require("number of widths", widths.size(), 8);
    widths.forEach(width -> Bounds.require("width", width, 4096));
    Bounds.requireDropout("dropout", dropout);
  }

  /** Neither normalised nor dropping out. */
  public static HiddenLayers plain(Integer... widths) {
    return new HiddenLayers(List.of(widths), false, 0);
  }

  /** Wide, normalised and dropping out, for mini-batches. */
  public static HiddenLayers forFiles() {
    return new HiddenLayers(List.of(200, 200), true, 0.2f);
  }

  /** Whether a learning step differs from a prediction. */
  boolean hasTrainingMode() {
    return batchNorm || dropout > 0;
  }
}
