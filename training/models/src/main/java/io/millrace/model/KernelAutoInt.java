package io.millrace.model;

import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;

/**
 * {@link DjlAutoIntGraph} by kernels: same tensors, same options. A few examples are computed with
 * fields in the lanes of vectors, more of them with examples in lanes.
 */
final class KernelAutoInt implements KernelNet {
  /** The least share of the lanes that pays for working on all of them. */
  private static final int SHARE = 2;

  private static final int LANES = Kernels.best().lanes();

  private final AutoIntBlocks few;
  private final AutoIntBlocks many;

  KernelAutoInt(AutoIntConfig config, int fields, int dim, TensorNumbers numbers) {
    FieldColumns columns =
        FieldColumns.of(fields, Math.max(Math.max(KernelAttention.rows(config), dim), Kernels.PAD));
    this.few = new AutoIntBlocks(config, columns, dim, numbers);
    this.many = new AutoIntBlocks(config, ExampleColumns.of(fields), dim, numbers);
  }

  @Override
  public void load(float[][] weights) {
    few.load(weights);
    many.load(weights);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    return blocks(pass).forward(pass, x, from);
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    return blocks(pass).backward(pass, dLogits, gradients);
  }

  private AutoIntBlocks blocks(KernelPass pass) {
    return pass.batch() * SHARE < LANES ? few : many;
  }
}
