package io.millrace.model;

/**
 * A dense tensor of a model.
 *
 * @param name unique within the model, part of the published format
 * @param shape row-major
 * @param init how a fresh model fills it
 */
public record TensorSpec(String name, int[] shape, Init init) {

  /** Initial values: zeros, ones, or Xavier uniform over the given fans. */
  public sealed interface Init {
    /** All elements equal. */
    record Constant(float value) implements Init {}

    /** Uniform in ±sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, AISTATS 2010, eq. 16). */
    record XavierUniform(int fanIn, int fanOut) implements Init {}
  }

  /** Number of elements. */
  public int size() {
    int n = 1;
    for (int s : shape) {
      n *= s;
    }
    return n;
  }
}
