package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.function.Consumer;

/**
 * The operations of an AutoInt, from field vectors to logits. An operation costs microseconds
 * before it computes anything, more than its arithmetic on a small batch; so all weights come in
 * one array that is split into views, and query, key, value and residual are one product.
 */
final class DjlAutoIntGraph implements AutoCloseable {
  /** Inside the root of the normalisation, as in the authors' code. */
  private static final double NORM_EPSILON = 1e-8;

  private final AutoIntConfig config;
  private final int fields;
  private final int dim;
  private final long[] ends;
  private final Shape normalized;
  private final PtNDArray scale;

  /**
   * @param owner of the constants that the graph holds
   */
  DjlAutoIntGraph(DjlAutoInt model, PtNDManager owner) {
    this.config = model.config();
    this.fields = model.fields();
    this.dim = model.dim();
    List<TensorSpec> specs = model.tensors();
    this.ends = new long[specs.size() - 1];
    long end = 0;
    for (int t = 0; t < ends.length; t++) {
      end += specs.get(t).size();
      ends[t] = end;
    }
    this.normalized = new Shape(config.width());
    this.scale = (PtNDArray) owner.create((float) (1 / Math.sqrt(config.headDim())));
  }

  /**
   * Adds the operations to the graph; all arrays come to belong to the manager of {@code weights}.
   *
   * @param weights all dense tensors, one behind the other
   * @param x [B, F, D]
   * @param attention sees each layer's attention [B·H, F, F]
   * @return logits [B, 1]
   */
  PtNDArray logits(PtNDArray weights, PtNDArray x, int batch, Consumer<PtNDArray> attention) {
    NDList tensors = weights.split(ends, 0);
    int t = 0;
    long width = config.width();
    PtNDArray input = x;
    if (config.fieldEmbedding()) {
      PtNDArray embedding = reshape(tensors.get(t++), fields, dim);
      input = JniUtils.add(x, embedding);
    }
    PtNDArray e = reshape(input, (long) batch * fields, dim);
    long in = dim;
    for (int layer = 0; layer < config.layers(); layer++) {
      PtNDArray projection = reshape(tensors.get(t++), config.projections() * width, in);
      if (config.activatedProjections()) {
        PtNDArray bias = (PtNDArray) tensors.get(t++);
        e = attend(JniUtils.relu(JniUtils.linear(e, projection, bias)), batch, attention);
      } else {
        PtNDArray transposed = JniUtils.transpose(projection, 0, 1);
        e = attend(JniUtils.matmul(e, transposed), batch, attention);
      }
      if (config.layerNorm()) {
        PtNDArray gain = (PtNDArray) tensors.get(t++);
        PtNDArray shift = (PtNDArray) tensors.get(t++);
        e = JniUtils.layerNorm(e, normalized, gain, shift, NORM_EPSILON);
      }
      in = width;
    }
    PtNDArray output = reshape(tensors.get(t++), 1, fields * width);
    PtNDArray bias = (PtNDArray) tensors.get(tensors.size() - 1);
    PtNDArray logits = JniUtils.linear(reshape(e, batch, fields * width), output, bias);
    if (config.wide()) {
      PtNDArray functional = reshape(tensors.get(t), (long) fields * dim, 1);
      PtNDArray flat = reshape(x, batch, (long) fields * dim);
      logits = JniUtils.add(logits, JniUtils.matmul(flat, functional));
    }
    return logits;
  }

  /**
   * One layer's attention.
   *
   * @param projected [B·F, K·A]
   * @return [B·F, A]
   */
  private PtNDArray attend(PtNDArray projected, int batch, Consumer<PtNDArray> attention) {
    int heads = config.heads();
    int headDim = config.headDim();
    int count = config.projections();
    long slices = (long) batch * heads;
    PtNDArray split = reshape(projected, batch, fields, count, heads, headDim);
    PtNDArray byHead = JniUtils.permute(split, new long[] {2, 0, 3, 1, 4});
    NDList parts = JniUtils.split(reshape(byHead, count * slices, fields, headDim), slices, 0);
    PtNDArray keys = JniUtils.transpose((PtNDArray) parts.get(1), 1, 2);
    PtNDArray scores = JniUtils.bmm((PtNDArray) parts.get(0), keys);
    if (config.scaled()) {
      scores = JniUtils.mul(scores, scale);
    }
    PtNDArray a = JniUtils.softmax(scores, 2, DataType.FLOAT32);
    attention.accept(a);
    PtNDArray out = JniUtils.bmm(a, (PtNDArray) parts.get(2));
    if (config.residual()) {
      out = JniUtils.add(out, (PtNDArray) parts.get(3));
    }
    out = reshape(JniUtils.relu(out), batch, heads, fields, headDim);
    return reshape(JniUtils.transpose(out, 1, 2), (long) batch * fields, config.width());
  }

  private static PtNDArray reshape(NDArray array, long... shape) {
    return JniUtils.reshape((PtNDArray) array, shape);
  }

  @Override
  public void close() {
    scale.close();
  }
}
