package io.millrace.model;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An AutoInt's workspace. Weights and field vectors are copied into memory that torch reads in
 * place, on each call, since a learner changes its weights in place; the copy takes a microsecond.
 *
 * <p>Native memory: the arrays of a prediction die with the call; those of a learning step live
 * from {@link #forward} to its {@link #backward}, or to the next forward or close. A prediction
 * between the two uses memory of its own and doesn't disturb the step.
 */
public final class DjlAutoIntWorkspace implements CtrModel.Workspace {
  private static final Consumer<PtNDArray> IGNORE = a -> {};

  private final DjlAutoInt model;
  private final int weightCount;
  private final PtNDManager manager;
  private final DjlAutoIntGraph graph;
  private final DjlBuffer predictWeights = new DjlBuffer();
  private final DjlBuffer predictX = new DjlBuffer();
  private final DjlBuffer stepWeights = new DjlBuffer();
  private final DjlBuffer stepX = new DjlBuffer();
  private final DjlBuffer stepGradient = new DjlBuffer();
  private @Nullable Step step;

  /** What a backward pass needs of the forward pass before it. */
  private record Step(
      PtNDManager manager, PtNDArray weights, PtNDArray x, PtNDArray logits, int batch) {}

  DjlAutoIntWorkspace(DjlAutoInt model) {
    this.model = model;
    this.weightCount = model.tensors().stream().mapToInt(TensorSpec::size).sum();
    this.manager = DjlTorch.newManager();
    this.graph = new DjlAutoIntGraph(model, manager);
  }

  @Override
  public void infer(Tensors weights, float[] x, int batch, float[] logits) {
    predict(weights, x, batch, logits, IGNORE);
  }

  /**
   * How much each field attends to each, in every layer and head; for explaining predictions.
   *
   * @param x [B, F, D]
   * @return [L, B, H, F, F]: the row of a field sums to 1
   */
  public float[] attention(Tensors weights, float[] x, int batch) {
    AutoIntConfig config = model.config();
    int size = batch * config.heads() * model.fields() * model.fields();
    FloatBuffer all = FloatBuffer.allocate(config.layers() * size);
    predict(weights, x, batch, new float[batch], a -> all.put(DjlBuffer.floats(a)));
    return all.array();
  }

  private void predict(
      Tensors weights, float[] x, int batch, float[] logits, Consumer<PtNDArray> attention) {
    // grad mode belongs to the thread, and torch starts each thread with it on
    JniUtils.setGradMode(false);
    try (PtNDManager scope = manager.newSubManager(Device.cpu())) {
      PtNDArray w = copyWeights(weights, predictWeights, scope);
      PtNDArray in = copyX(x, batch, predictX, scope);
      DjlBuffer.read(graph.logits(w, in, batch, attention), logits, batch);
    }
  }

  @Override
  public void forward(Tensors weights, float[] x, int batch, float[] logits) {
    endStep();
    PtNDManager scope = manager.newSubManager(Device.cpu());
    boolean done = false;
    JniUtils.setGradMode(true);
    try {
      PtNDArray w = copyWeights(weights, stepWeights, scope);
      PtNDArray in = copyX(x, batch, stepX, scope);
      w.setRequiresGradient(true);
      in.setRequiresGradient(true);
      PtNDArray out = graph.logits(w, in, batch, IGNORE);
      DjlBuffer.read(out, logits, batch);
      step = new Step(scope, w, in, out, batch);
      done = true;
    } finally {
      JniUtils.setGradMode(false);
      if (!done) {
        scope.close();
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException without a forward pass that no backward pass has used yet
   */
  @Override
  public void backward(float[] dLogits, float[] dx, Tensors dWeights) {
    Step last = step;
    if (last == null) {
      throw new IllegalStateException("backward without forward, expected one before each");
    }
    int batch = last.batch;
    try {
      stepGradient.write(batch).put(dLogits, 0, batch);
      PtNDArray gradient = stepGradient.array(last.manager, new Shape(batch, 1));
      JniUtils.backward(last.logits, gradient, false, false);
      DjlBuffer.read(last.x.getGradient(), dx, batch * model.fields() * model.dim());
      FloatBuffer all = DjlBuffer.floats(last.weights.getGradient());
      for (float[] tensor : dWeights.values()) {
        all.get(tensor);
      }
    } finally {
      endStep();
    }
  }

  private PtNDArray copyWeights(Tensors weights, DjlBuffer to, PtNDManager scope) {
    FloatBuffer buffer = to.write(weightCount);
    int count = 0;
    for (float[] tensor : weights.values()) {
      count += tensor.length;
    }
    if (count != weightCount) {
      throw new IllegalArgumentException(
          "weights: " + count + " values, expected " + weightCount + " as in " + model.tensors());
    }
    for (float[] tensor : weights.values()) {
      buffer.put(tensor);
    }
    return to.array(scope, new Shape(weightCount));
  }

  private PtNDArray copyX(float[] x, int batch, DjlBuffer to, PtNDManager scope) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch: " + batch + ", expected at least 1");
    }
    int size = batch * model.fields() * model.dim();
    to.write(size).put(x, 0, size);
    return to.array(scope, new Shape(batch, model.fields(), model.dim()));
  }

  private void endStep() {
    if (step != null) {
      step.manager.close();
      step = null;
    }
  }

  /** Number of native arrays that are held at this moment. */
  int nativeArrays() {
    return manager.getManagedArrays().size()
        + (step == null ? 0 : step.manager.getManagedArrays().size());
  }

  @Override
  public void close() {
    endStep();
    graph.close();
    manager.close();
  }
}
