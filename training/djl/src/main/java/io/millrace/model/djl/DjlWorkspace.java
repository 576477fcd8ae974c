package io.millrace.model.djl;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.CtrModel;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A DJL model's workspace. Weights and field vectors are copied into memory that torch reads in
 * place, on each call, since a learner changes its weights in place; the copy takes a microsecond.
 * On a GPU, that memory is pinned ({@link PinnedMemory}) and copied to the device, and results are
 * copied back. All weights come to torch as one array that is split into views, and so do their
 * gradients.
 *
 * <p>Native memory: the arrays of a prediction die with the call; those of a learning step live
 * from {@link #forward} to its {@link #backward}, or to the next forward or close. A prediction
 * between the two uses memory of its own and doesn't disturb the step.
 */
public final class DjlWorkspace implements CtrModel.Workspace {
  private final DjlModel model;
  private final long[] ends;
  private final int weightCount;
  private final Device device;
  private final PtNDManager manager;
  private final Map<Float, PtNDArray> constants = new HashMap<>();
  private final PinnedMemory memory;
  private final DjlScratch predictScratch;
  private final DjlScratch stepScratch;
  private final DjlBuffer stepGradient;
  private @Nullable Step step;

  /** What a backward pass needs of the forward pass before it. */
  private record Step(
      PtNDManager manager, PtNDArray weights, PtNDArray x, DjlPass pass, PtNDArray logits) {}

  DjlWorkspace(DjlModel model) {
    this.model = model;
    List<TensorSpec> specs = model.tensors();
    this.ends = new long[specs.size() - 1];
    int end = 0;
    for (int t = 0; t < specs.size(); t++) {
      end += specs.get(t).size();
      if (t < ends.length) {
        ends[t] = end;
      }
    }
    this.weightCount = end;
    this.device = DjlTorch.device(model.device());
    this.manager = DjlTorch.newManager(device);
    this.memory = PinnedMemory.of(model.device());
    this.predictScratch = new DjlScratch(memory);
    this.stepScratch = new DjlScratch(memory);
    this.stepGradient = new DjlBuffer(memory);
  }

  @Override
  public void infer(
      Tensors weights, float[] x, boolean @Nullable [] missing, int batch, float[] logits) {
    predict(weights, x, missing, batch, logits, DjlPass.NO_PROBE);
  }

  /**
   * Intermediate results of a prediction, for explaining it.
   *
   * @param name under which the graph reports them
   * @param x [B, F, D]
   * @param missing [B, F], or null
   * @return everything reported under this name, one behind the other
   * @throws IllegalArgumentException if the graph reports nothing under this name
   */
  public float[] intermediate(
      String name, Tensors weights, float[] x, boolean @Nullable [] missing, int batch) {
    float[][] all = {new float[0]};
    DjlPass.Probe probe =
        (reported, array) -> {
          if (reported.equals(name)) {
            int before = all[0].length;
            FloatBuffer values = DjlBuffer.floats(array);
            int size = values.remaining();
            all[0] = Arrays.copyOf(all[0], before + size);
            values.get(all[0], before, size);
          }
        };
    predict(weights, x, missing, batch, new float[batch], probe);
    if (all[0].length == 0) {
      throw new IllegalArgumentException(
          "intermediate result \"" + name + "\": none, expected one");
    }
    return all[0];
  }

  /** The same where every field has a value. */
  public float[] intermediate(String name, Tensors weights, float[] x, int batch) {
    return intermediate(name, weights, x, null, batch);
  }

  private void predict(
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      int batch,
      float[] logits,
      DjlPass.Probe probe) {
    // grad mode belongs to the thread, and torch starts each thread with it on
    JniUtils.setGradMode(false);
    predictScratch.reset();
    try (PtNDManager scope = manager.newSubManager(device)) {
      PtNDArray w = copyWeights(weights, predictScratch.weights, scope);
      PtNDArray in = copyX(x, batch, predictScratch.x, scope);
      DjlPass pass = newPass(w, missing, batch, false, 0, predictScratch, probe);
      DjlBuffer.read(model.graph().logits(pass, in), logits, batch);
    }
  }

  @Override
  public void forward(
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      int batch,
      long dropoutSeed,
      float[] logits) {
    endStep();
    stepScratch.reset();
    PtNDManager scope = manager.newSubManager(device);
    boolean done = false;
    JniUtils.setGradMode(true);
    try {
      PtNDArray w = copyWeights(weights, stepScratch.weights, scope);
      PtNDArray in = copyX(x, batch, stepScratch.x, scope);
      w.setRequiresGradient(true);
      in.setRequiresGradient(true);
      DjlPass pass = newPass(w, missing, batch, true, dropoutSeed, stepScratch, DjlPass.NO_PROBE);
      PtNDArray out = model.graph().logits(pass, in);
      DjlBuffer.read(out, logits, batch);
      step = new Step(scope, w, in, pass, out);
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
    int batch = last.pass.batch();
    try {
      stepGradient.write(batch).put(dLogits, 0, batch);
      last.pass.backward(last.logits, stepGradient.array(last.manager, new Shape(batch, 1)));
      DjlBuffer.read(last.x.getGradient(), dx, batch * model.fields() * model.dim());
      FloatBuffer all = DjlBuffer.floats(last.weights.getGradient());
      for (int t = 0; t < dWeights.values().length; t++) {
        float[] gradient = dWeights.values()[t];
        all.get(gradient);
        if (model.tensors().get(t).role() instanceof TensorSpec.Role.RunningStatistic) {
          System.arraycopy(last.pass.statistic(t), 0, gradient, 0, gradient.length);
        }
      }
    } finally {
      endStep();
    }
  }

  private DjlPass newPass(
      PtNDArray weights,
      boolean @Nullable [] missing,
      int batch,
      boolean training,
      long dropoutSeed,
      DjlScratch scratch,
      DjlPass.Probe probe) {
    return new DjlPass(
        model.tensors(),
        weights.split(ends, 0),
        missing,
        batch,
        training,
        model.gatesByTorch(),
        dropoutSeed,
        scratch,
        constants,
        manager,
        probe);
  }

  private PtNDArray copyWeights(Tensors weights, DjlBuffer to, PtNDManager scope) {
    int count = 0;
    for (float[] tensor : weights.values()) {
      count += tensor.length;
    }
    if (count != weightCount) {
      throw new IllegalArgumentException(
          "weights: " + count + " values, expected " + weightCount + " as in " + model.tensors());
    }
    FloatBuffer buffer = to.write(weightCount);
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

  /** Number of buffers beside those of weights and x. */
  int buffers() {
    return predictScratch.size() + stepScratch.size();
  }

  /** Arrays before the memory that they lie over. */
  @Override
  public void close() {
    endStep();
    manager.close();
    memory.close();
  }
}
