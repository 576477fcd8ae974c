package io.millrace.model.attention;

import io.millrace.kernel.Kernels;

/**
 * Fields beside each other, and of each field as many examples as a vector has lanes, so that each
 * lane is an example of its own: attention fills its vectors whatever the number of fields, and
 * none of its sums runs across one. For steps that fill a good part of the lanes. Columns of
 * examples that a last block lacks are zero in field vectors and in gradients.
 *
 * @param fields F
 * @param examples the lanes of a vector
 * @param stride floats from one row to the next
 */
record ExampleColumns(int fields, int examples, int stride) implements BlockColumns {

  static ExampleColumns of(int fields) {
    int lanes = Kernels.best().lanes();
    return new ExampleColumns(fields, lanes, BlockColumns.spread(fields * lanes));
  }

  @Override
  public int columns(int count) {
    return fields * examples;
  }

  @Override
  public int used(int count) {
    return columns(count);
  }

  @Override
  public boolean byField() {
    return true;
  }

  @Override
  public int column(int example, int field) {
    return field * examples + example;
  }
}
