package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;

/**
 * The operations of a model on DJL and PyTorch, from field vectors to logits. Immutable and shared
 * by threads; what belongs to one pass is in its {@link DjlPass}. An operation costs microseconds
 * before it computes anything, more than its arithmetic on a small batch: few, large operations are
 * fast ones.
 */
interface DjlGraph {

  /**
   * Adds the operations of one pass.
   *
   * @param x field vectors [B, F, D]
   * @return logits [B, 1]
   */
  PtNDArray logits(DjlPass pass, PtNDArray x);
}
