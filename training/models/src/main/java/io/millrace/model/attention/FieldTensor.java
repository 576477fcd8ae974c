package io.millrace.model.attention;

import io.millrace.kernel.Kernels;
import java.util.Arrays;

/**
 * A tensor [F, C] as the blocks of an AutoInt use it, and its gradient: turned, and each value as
 * often as a field has columns. What repeated values' gradients give is summed at the end of a
 * step.
 */
final class FieldTensor {
  /** In the place of a tensor's number: there is none. */
  static final int OFF = -1;

  private final Kernels kernels = Kernels.best();
  private final int number;
  private final int values;
  private final int row;
  private final int repeats;
  private final float[] turned; // [C, row], zero beyond the fields
  private final float[] gradient; // [C, row]

  /**
   * @param number of the tensor, or {@link #OFF}
   * @param values C
   * @param row floats that all fields take, with what they are padded to
   * @param repeats floats of a field
   */
  FieldTensor(int number, int values, int row, int repeats) {
    this.number = number;
    this.values = values;
    this.row = row;
    this.repeats = repeats;
    this.turned = new float[isOn() ? values * row : 0];
    this.gradient = new float[turned.length];
  }

  boolean isOn() {
    return number != OFF;
  }

  /** C. */
  int values() {
    return values;
  }

  /** The values [C, row]. */
  float[] turned() {
    return turned;
  }

  /** To add to [C, row]. */
  float[] gradient() {
    return gradient;
  }

  void load(float[][] weights) {
    if (isOn()) {
      float[] tensor = weights[number];
      for (int i = 0; i < tensor.length; i++) {
        int at = at(i);
        Arrays.fill(turned, at, at + repeats, tensor[i]);
      }
    }
  }

  void clearGradient() {
    Arrays.fill(gradient, 0);
  }

  void store(float[][] gradients) {
    if (isOn()) {
      float[] tensor = gradients[number];
      for (int i = 0; i < tensor.length; i++) {
        tensor[i] = kernels.sum(repeats, gradient, at(i));
      }
    }
  }

  private int at(int i) {
    return i % values * row + i / values * repeats;
  }
}
