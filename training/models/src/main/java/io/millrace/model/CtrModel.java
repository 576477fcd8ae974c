package io.millrace.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A click-through-rate model above its embeddings: field vectors in, logits out. It holds no
 * weights: the learner owns and updates them, a server holds an immutable copy. Implementations are
 * immutable and safe to share; each thread works in a {@link Workspace} of its own.
 *
 * <p>A field without a value has a field vector of zeros. A model that would see more in it than
 * nothing is told which fields these are, and leaves them out.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector.
 */
public interface CtrModel extends AutoCloseable {

  /** F. */
  int fields();

  /** D. */
  int dim();

  /** The dense tensors, in the order of {@link Tensors}. */
  List<TensorSpec> tensors();

  /**
   * Whether {@link Workspace#forward} gives other logits than {@link Workspace#infer}: it drops out
   * units or normalises by its batch. What a learner reports as its prediction is then to come from
   * {@code infer}, as a server's does.
   */
  default boolean hasTrainingMode() {
    return false;
  }

  /**
   * What the bits of its logits and gradients depend on beside weights and input, in words: lanes,
   * an engine, a device. Empty if on nothing: they are the same on every machine then.
   */
  String arithmetic();

  /** The same model on another device; this one where its engine knows only one. */
  default CtrModel on(ComputeDevice device) {
    return this;
  }

  /** Where its workspaces compute. */
  default ComputeDevice device() {
    return ComputeDevice.CPU;
  }

  /** A workspace for one thread. */
  Workspace newWorkspace();

  /** Frees native memory; workspaces must have been closed before. */
  @Override
  default void close() {}

  /** Scratch memory of one thread: buffers are reused and grow to the largest batch seen. */
  interface Workspace extends AutoCloseable {

    /**
     * Computes logits as a server does, without remembering anything for a backward pass: nothing
     * is dropped out, and normalisation goes by the running statistics.
     *
     * @param weights the dense tensors
     * @param x field vectors [B, F, D], row-major
     * @param missing which fields have no value [B, F], their field vectors being zero; null if
     *     there are none
     * @param batch B
     * @param logits [B], written
     */
    void infer(Tensors weights, float[] x, boolean @Nullable [] missing, int batch, float[] logits);

    /**
     * The same up to rounding, where some fields are equal in all examples, as the context of a
     * request's candidates is: what depends on them alone may be computed once.
     *
     * @param shared which fields are equal in all examples, in their vectors and in whether they
     *     are missing [F]; null if none is known to be
     */
    default void infer(
        Tensors weights,
        float[] x,
        boolean @Nullable [] missing,
        boolean @Nullable [] shared,
        int batch,
        float[] logits) {
      infer(weights, x, missing, batch, logits);
    }

    /** The same where every field has a value. */
    default void infer(Tensors weights, float[] x, int batch, float[] logits) {
      infer(weights, x, null, batch, logits);
    }

    /**
     * Computes logits in training mode, and remembers what {@link #backward} needs. A model without
     * a training mode gives those of {@link #infer}, to the bit unless it is an AutoInt, which
     * computes a batch's last examples in another order.
     *
     * @param missing as in {@link #infer}; must not change until the backward pass
     * @param dropoutSeed decides, with the model, which units drop out: the same seed drops the
     *     same ones
     */
    void forward(
        Tensors weights,
        float[] x,
        boolean @Nullable [] missing,
        int batch,
        long dropoutSeed,
        float[] logits);

    /** The same where every field has a value. */
    default void forward(Tensors weights, float[] x, int batch, long dropoutSeed, float[] logits) {
      forward(weights, x, null, batch, dropoutSeed, logits);
    }

    /**
     * Gradients of the sum over the batch of {@code dLogits[b] * logits[b]}, at the last {@link
     * #forward}. The batch's statistics stand in the place of the gradient of a {@link
     * TensorSpec.Role.RunningStatistic}.
     *
     * @param dLogits [B]
     * @param dx gradient with respect to the field vectors [B, F, D], overwritten
     * @param dWeights gradients with respect to the dense tensors, overwritten
     */
    void backward(float[] dLogits, float[] dx, Tensors dWeights);

    /**
     * Gradients of the sum of the log losses over the batch of the last {@link #forward}, from
     * which a stream learns. Parts of a model may each have a log loss of their own.
     *
     * @param labels [B], of {@link Label}
     * @param importance [B], how often each example counts; null if each does once
     * @param dLogits [B], the loss's gradients with respect to the logits
     * @param dx as in {@link #backward}
     * @param dWeights as in {@link #backward}
     */
    default void backwardLoss(
        byte[] labels,
        float @Nullable [] importance,
        float[] dLogits,
        float[] dx,
        Tensors dWeights) {
      backward(dLogits, dx, dWeights);
    }

    /** The same where each example counts once. */
    default void backwardLoss(byte[] labels, float[] dLogits, float[] dx, Tensors dWeights) {
      backwardLoss(labels, null, dLogits, dx, dWeights);
    }

    /**
     * Both passes of a learning step: {@link #forward}, the loss, then {@link #backward}, or {@link
     * #backwardLoss} if the loss is that of labels. A model whose examples are independent of each
     * other may take the step's examples part by part, which keeps what the backward pass needs in
     * the caches; gradients are those of the whole step up to rounding.
     *
     * @param logits [B], written
     * @param dLogits [B], written by the loss
     */
    default void step(
        Tensors weights,
        float[] x,
        boolean @Nullable [] missing,
        int batch,
        long dropoutSeed,
        Loss loss,
        float[] logits,
        float[] dLogits,
        float[] dx,
        Tensors dWeights) {
      forward(weights, x, missing, batch, dropoutSeed, logits);
      loss.gradients(0, batch, logits, dLogits);
      byte[] labels = loss.labels();
      if (labels == null) {
        backward(dLogits, dx, dWeights);
      } else {
        backwardLoss(labels, loss.importance(), dLogits, dx, dWeights);
      }
    }

    @Override
    default void close() {}
  }

  /** The loss of a step, the sum of its examples' losses. */
  interface Loss {

    /**
     * Computes the gradients with respect to some logits. Called for one part of the step's
     * examples after the other, in their order.
     *
     * @param first of the examples [first, first + count) whose logits are there
     * @param logits [B]
     * @param dLogits [B], of which those of the examples are to be written
     */
    void gradients(int first, int count, float[] logits, float[] dLogits);

    /** The labels [B], if this is their log loss, which parts of a model may each have. */
    default byte @Nullable [] labels() {
      return null;
    }

    /** How often each example's log loss counts [B], in {@link #gradients} too; null: once. */
    default float @Nullable [] importance() {
      return null;
    }
  }
}
