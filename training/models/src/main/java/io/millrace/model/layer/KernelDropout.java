package io.millrace.model.layer;

import io.millrace.kernel.Matrix;

/** Dropout by {@link DropoutMask}, with the mask of the pass at hand. */
public final class KernelDropout {
  private float[] mask = new float[0];

  /** Takes the pass's next mask, for a matrix of so many rows. */
  public void begin(KernelPass pass, float rate, Matrix a) {
    mask(pass, rate, a.rows() * a.columns().count());
  }

  /**
   * Multiplies rows by their part of the mask.
   *
   * @param a of a single group
   */
  public void apply(Matrix a, int first, int count) {
    int size = a.columns().count();
    float[] values = a.values();
    for (int r = first; r < first + count; r++) {
      int at = r * a.stride();
      int from = r * size;
      for (int j = 0; j < size; j++) {
        values[at + j] *= mask[from + j];
      }
    }
  }

  /** The pass's next mask, of at least {@code size} values. */
  public float[] mask(KernelPass pass, float rate, int size) {
    if (mask.length < size) {
      mask = new float[size];
    }
    DropoutMask.fill(mask, 0, size, pass.nextMaskSeed(), rate);
    return mask;
  }
}
