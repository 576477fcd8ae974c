package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;

/** Dropout by {@link DropoutMask}, with the mask of the pass at hand. */
final class KernelDropout {
  private float[] mask = new float[0];

  /** Multiplies what lies in a matrix by the pass's next mask. */
  void apply(KernelPass pass, float rate, Matrix a) {
    Columns columns = a.columns();
    int count = columns.count();
    mask(pass, rate, a.rows() * count);
    float[] values = a.values();
    int from = 0;
    for (int r = 0; r < a.rows(); r++) {
      for (int g = 0; g < columns.groups(); g++) {
        int at = r * a.stride() + g * columns.padded();
        for (int j = 0; j < columns.size(); j++) {
          values[at + j] *= mask[from + j];
        }
        from += columns.size();
      }
    }
  }

  /** The pass's next mask, of at least {@code size} values. */
  float[] mask(KernelPass pass, float rate, int size) {
    if (mask.length < size) {
      mask = new float[size];
    }
    DropoutMask.fill(mask, 0, size, pass.nextMaskSeed(), rate);
    return mask;
  }
}
