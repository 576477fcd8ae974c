package io.millrace.model;

/**
 * The attention of a block of examples, head by head, given its projections: {@code softmax(q·kᵀ)·v
 * + residual}. What it keeps of a learning step's blocks is for its backward pass. Shapes: K
 * projections, A width, S stride of {@link BlockColumns}.
 */
interface AttentionHeads {
  int QUERY = 0;
  int KEY = 1;
  int VALUE = 2;
  int RESIDUAL = 3;

  /** A score so low that softmax gives it nothing. */
  float NEVER = -1e30f;

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
  void begin(KernelPass pass);

  /**
   * @param p where in the memory projections begin [K · A, S]
   * @param out where what is computed goes [A, S]
   * @param block where to keep what the backward pass needs
   * @param first example of the block
   * @param count examples of the block
   */
  void forward(KernelPass pass, int p, int out, int block, int first, int count);

  /**
   * @param p as given to {@link #forward}
   * @param d where in the memory the gradient with respect to what it gave begins [A, S]
   * @param dp where the gradient with respect to queries, keys and values goes [K · A, S]
   */
  void backward(int p, int d, int dp, int block, int first, int count);
}
