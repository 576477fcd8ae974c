package io.millrace.embedding;

/**
 * A dense tensor of a scheme. It is learned, stored and published with those of the model above.
 *
 * @param name unique within the scheme
 * @param shape row-major
 * @param middle of its initial values
 * @param bound they are uniform within this much of the middle
 */
@SuppressWarnings("ArrayRecordComponent") // a declaration, never compared
public record DenseTensor(String name, int[] shape, float middle, float bound) {

  /** Number of values. */
  public int size() {
    int size = 1;
    for (int length : shape) {
      size *= length;
    }
    return size;
  }
}
