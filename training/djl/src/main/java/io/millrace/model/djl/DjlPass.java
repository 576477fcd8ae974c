package io.millrace.model.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.CtrModel;
import io.millrace.model.TensorSpec;
import io.millrace.model.layer.BlockFunction;
import io.millrace.model.layer.DropoutMask;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a graph works with in one pass: the weights, whether it learns, and the operations that
 * depend on that. All arrays belong to the pass's scope and die with it.
 */
final class DjlPass {
  /** Sees the intermediate results that a graph reports. */
  interface Probe extends BiConsumer<String, PtNDArray> {}

  static final Probe NO_PROBE = (name, array) -> {};

  private final List<TensorSpec> specs;
  private final NDList views;
  private final boolean @Nullable [] missing;
  private final int batch;
  private final boolean training;
  private final boolean gatesByTorch;
  private final long dropoutSeed;
  private final DjlScratch scratch;
  private final Map<Float, PtNDArray> constants;
  private final PtNDManager owner;
  private final Probe probe;
  private final DjlTape tape = new DjlTape();
  private final float[][] statistics;
  private int dropouts;

  /**
   * @param views each tensor's values, in one dimension
   * @param gatesByTorch see {@link #gatesByTorch}
   * @param constants that earlier passes made; they belong to {@code owner}
   */
  DjlPass(
      List<TensorSpec> specs,
      NDList views,
      boolean @Nullable [] missing,
      int batch,
      boolean training,
      boolean gatesByTorch,
      long dropoutSeed,
      DjlScratch scratch,
      Map<Float, PtNDArray> constants,
      PtNDManager owner,
      Probe probe) {
    this.specs = specs;
    this.views = views;
    this.missing = missing;
    this.batch = batch;
    this.training = training;
    this.gatesByTorch = gatesByTorch;
    this.dropoutSeed = dropoutSeed;
    this.scratch = scratch;
    this.constants = constants;
    this.owner = owner;
    this.probe = probe;
    this.statistics = new float[specs.size()][];
  }

  /** B. */
  int batch() {
    return batch;
  }

  /** Which fields have no value [B, F]; null if there are none. */
  boolean @Nullable [] missing() {
    return missing;
  }

  /** Whether this is a learning step: {@link CtrModel.Workspace#forward}. */
  boolean training() {
    return training;
  }

  /** Whether gates are computed where the pass is, instead of in Java. */
  boolean gatesByTorch() {
    return gatesByTorch;
  }

  /** A tensor in the shape it was declared with, by the number its declaration gave. */
  PtNDArray tensor(int number) {
    int[] shape = specs.get(number).shape();
    if (shape.length == 1) {
      return (PtNDArray) views.get(number);
    }
    long[] dimensions = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      dimensions[i] = shape[i];
    }
    return tensor(number, dimensions);
  }

  /** A tensor in another shape of the same size. */
  PtNDArray tensor(int number, long... shape) {
    return JniUtils.reshape((PtNDArray) views.get(number), shape);
  }

  /** {@code factor · a}. */
  PtNDArray scale(PtNDArray a, float factor) {
    return JniUtils.mul(a, constant(factor));
  }

  /** {@code a + summand}. */
  PtNDArray shift(PtNDArray a, float summand) {
    return JniUtils.add(a, constant(summand));
  }

  /**
   * A scalar, as a second operand only: what an operation gives belongs to its first one's owner.
   */
  private PtNDArray constant(float value) {
    return constants.computeIfAbsent(value, v -> (PtNDArray) owner.create(v));
  }

  /** Zeros a share of the values in training mode, and enlarges the others to make up for it. */
  PtNDArray dropout(PtNDArray a, float rate) {
    if (!training || rate == 0) {
      return a;
    }
    int size = (int) a.size();
    DjlBuffer mask = scratch.next();
    DropoutMask.fill(mask.write(size), size, DropoutMask.seed(dropoutSeed, dropouts++), rate);
    return JniUtils.mul(a, mask.array((PtNDManager) a.getManager(), a.getShape()));
  }

  /**
   * Applies a function to each example's values; see {@link DjlTape}.
   *
   * @param in [B, ...]
   * @param parameters [P]
   */
  PtNDArray apply(BlockFunction function, PtNDArray in, PtNDArray parameters) {
    return tape.apply(function, in, parameters, batch, scratch, training);
  }

  /** An array of this pass with the given values; no gradient flows to it. */
  PtNDArray array(PtNDArray like, float... values) {
    DjlBuffer buffer = scratch.next();
    buffer.write(values.length).put(values);
    return buffer.array((PtNDManager) like.getManager(), new Shape(values.length));
  }

  /** Which fields of this batch are context and targets, by this pass's seed. */
  JepaMasks masks(JepaConfig config, int fields) {
    return JepaMasks.draw(config, batch, fields, dropoutSeed);
  }

  /** Reports this batch's value of a running statistic. */
  void statistic(int number, PtNDArray value) {
    float[] values = new float[specs.get(number).size()];
    DjlBuffer.read(value, values, values.length);
    statistics[number] = values;
  }

  /** Reports an intermediate result under a name. */
  void report(String name, PtNDArray value) {
    probe.accept(name, value);
  }

  /** Gradients of all leaves. */
  void backward(PtNDArray logits, PtNDArray gradient) {
    tape.backward(logits, gradient);
  }

  /**
   * This batch's value of a running statistic.
   *
   * @throws IllegalStateException if the graph reported none
   */
  float[] statistic(int number) {
    float[] values = statistics[number];
    if (values == null) {
      throw new IllegalStateException(
          "no statistic " + specs.get(number).name() + ", expected one of each pass in training");
    }
    return values;
  }
}
