package io.millrace.model.attention;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelNet;
import io.millrace.model.layer.KernelPass;
import org.jspecify.annotations.Nullable;

/**
 * {@link AutoIntConfig} by kernels: same tensors, same options. A few examples are computed with
 * fields in the lanes of vectors, more of them with examples in lanes. Of a prediction those that
 * fill no good part of the lanes any more are computed the former way.
 */
public final class KernelAutoInt implements KernelNet {
  /** The least share of the lanes that pays for working on all of them. */
  private static final int SHARE = 2;

  /** Floats that a step may keep for its backward pass: a second-level cache and some more. */
  private static final int STEP_ROOM = 1 << 20;

  private static final int LANES = Kernels.best().lanes();

  private final AutoIntBlocks few;
  private final AutoIntBlocks many;
  private final boolean drops;
  private final Matrix logits = new Matrix(Columns.of(1));

  public KernelAutoInt(AutoIntConfig config, int fields, int dim, TensorNumbers numbers) {
    FieldColumns columns =
        FieldColumns.of(fields, Math.max(Math.max(KernelAttention.rows(config), dim), Kernels.PAD));
    this.few = new AutoIntBlocks(config, columns, dim, numbers);
    this.many = new AutoIntBlocks(config, ExampleColumns.of(fields), dim, numbers);
    this.drops = config.attentionDropout() > 0;
  }

  @Override
  public void load(float[][] weights) {
    few.load(weights);
    many.load(weights);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    logits.rows(pass.batch());
    int inLanes = inLanes(pass);
    if (inLanes > 0) {
      many.forward(pass, x, from, 0, inLanes, logits);
    }
    if (inLanes < pass.batch()) {
      few.forward(pass, x, from, inLanes, pass.batch(), logits);
    }
    return logits;
  }

  /**
   * The attention of one example.
   *
   * @param x field vectors [F, D]
   * @param missing which fields have no value [F], or null
   * @return [L, H, F, F]: each row sums to 1, that of a field without a value to 0
   */
  public float[][][][] attention(float[] x, boolean @Nullable [] missing) {
    KernelPass pass = KernelPass.predicting(1, missing, 0, null);
    few.forward(pass, x, 0, 0, 1, logits.rows(1));
    return few.attention(pass);
  }

  /** How many examples of a pass lie in lanes, the first ones. */
  private static int inLanes(KernelPass pass) {
    // a learning step goes one way as a whole, as its backward pass does
    int rest = pass.training() ? pass.batch() : pass.batch() % LANES;
    return rest * SHARE >= LANES ? pass.batch() : pass.batch() - rest;
  }

  /** Dropout is drawn for a step as a whole. */
  @Override
  public int stepPart() {
    return drops ? Integer.MAX_VALUE : many.examplesWithin(STEP_ROOM);
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    return (inLanes(pass) > 0 ? many : few).backward(pass, dLogits, gradients);
  }
}
