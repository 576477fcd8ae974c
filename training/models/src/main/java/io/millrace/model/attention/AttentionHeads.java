package io.millrace.model.attention;

import io.millrace.kernel.Kernels;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.layer.KernelDropout;
import io.millrace.model.layer.KernelPass;

/**
 * The attention of a block of examples, head by head, given its projections: {@code softmax(q·kᵀ)·v
 * + residual}. What it keeps of a learning step's blocks is for its backward pass. Shapes: K
 * projections, A width, S stride of {@link BlockColumns}.
 */
abstract class AttentionHeads {
  static final int QUERY = 0;
  static final int KEY = 1;
  static final int VALUE = 2;
  static final int RESIDUAL = 3;

  /** A score so low that softmax gives it nothing. */
  static final float NEVER = -1e30f;

  final Kernels kernels = Kernels.best();
  final AutoIntConfig config;
  final BlockMemory memory;
  private final int fields;
  private final KernelDropout dropout = new KernelDropout();
  private boolean drops;
  private float[] mask = new float[0]; // [B, H, F, F], query by key

  AttentionHeads(AutoIntConfig config, int fields, BlockMemory memory) {
    this.config = config;
    this.fields = fields;
    this.memory = memory;
  }

  /** Those for a layout. */
  static AttentionHeads of(AutoIntConfig config, BlockColumns layout, BlockMemory memory) {
    if (layout instanceof FieldColumns fields) {
      return new FieldHeads(config, fields, memory);
    }
    return new ExampleHeads(config, (ExampleColumns) layout, memory);
  }

  /** Row of a projection at which a head begins. */
  static int row(AutoIntConfig config, int part, int head) {
    return (part * config.heads() + head) * config.headDim();
  }

  /** Begins a pass, for which there is room in the memory. */
  final void begin(KernelPass pass) {
    drops = pass.dropsOut(config.attentionDropout());
    if (drops) {
      int count = pass.batch() * config.heads() * fields * fields;
      mask = dropout.mask(pass, config.attentionDropout(), count);
    }
  }

  /** Whether shares drop out in this pass. */
  final boolean drops() {
    return drops;
  }

  /** What a share is multiplied by in a pass in which shares drop out. */
  final float dropoutFactor(int example, int head, int query, int key) {
    return mask[((example * config.heads() + head) * fields + query) * fields + key];
  }

  /**
   * @param p where in the memory projections begin [K · A, S]
   * @param out where what is computed goes [A, S]
   * @param block where to keep what the backward pass needs
   * @param first example of the block
   * @param count examples of the block
   */
  abstract void forward(KernelPass pass, int p, int out, int block, int first, int count);

  /**
   * What a query paid to a key in the last prediction, of one example.
   *
   * @throws IllegalStateException if predictions of this layout don't keep it
   */
  float predictedShare(int head, int query, int key) {
    throw new IllegalStateException(
        "shares of a prediction by %s, expected fields in lanes: others don't keep them"
            .formatted(getClass().getSimpleName()));
  }

  /**
   * @param p as given to {@link #forward}
   * @param d where in the memory the gradient with respect to what it gave begins [A, S]
   * @param dp where the gradient with respect to queries, keys and values goes [K · A, S]
   */
  abstract void backward(int p, int d, int dp, int block, int first, int count);
}
