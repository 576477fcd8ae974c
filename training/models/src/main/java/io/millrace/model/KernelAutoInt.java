package io.millrace.model;

import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;

/**
 * {@link DjlAutoIntGraph} by kernels: same tensors, same options. A few examples are computed with
 * fields in the lanes of vectors, more of them with examples in lanes. The latter needs more memory
 * for a block, which predictions of wide layers would feel.
 */
final class KernelAutoInt implements KernelNet {
  /** The least share of the lanes that pays for working on all of them. */
  private static final int SHARE = 2;

  /** Floats of a block's projections up to which predictions have examples in lanes. */
  private static final int ROOM = 1 << 16;

  /** Floats that a step may keep for its backward pass: a second-level cache and some more. */
  private static final int STEP_ROOM = 1 << 20;

  private static final int LANES = Kernels.best().lanes();

  private final AutoIntBlocks few;
  private final AutoIntBlocks many;
  private final boolean wide;
  private final boolean drops;

  KernelAutoInt(AutoIntConfig config, int fields, int dim, TensorNumbers numbers) {
    FieldColumns columns =
        FieldColumns.of(fields, Math.max(Math.max(KernelAttention.rows(config), dim), Kernels.PAD));
    this.few = new AutoIntBlocks(config, columns, dim, numbers);
    ExampleColumns examples = ExampleColumns.of(fields);
    this.many = new AutoIntBlocks(config, examples, dim, numbers);
    this.drops = config.attentionDropout() > 0;
    this.wide = examples.size(KernelAttention.rows(config)) > ROOM;
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

  /** Dropout is drawn for a step as a whole. */
  @Override
  public int stepPart() {
    return drops ? Integer.MAX_VALUE : many.examplesWithin(STEP_ROOM);
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    return blocks(pass).backward(pass, dLogits, gradients);
  }

  private AutoIntBlocks blocks(KernelPass pass) {
    boolean fills = pass.batch() * SHARE >= LANES;
    return fills && (pass.training() || !wide) ? many : few;
  }
}
