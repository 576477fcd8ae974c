package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.layer.BlockFunction;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Torch's automatic differentiation with Java functions in between. DJL can't give torch a
 * derivative of our own, so a function's output begins a new piece of the graph as a leaf: {@link
 * #backward} runs torch's backward pass from the logits to the last leaf, the function's own
 * backward pass from there to its inputs, torch's again from those, and so on to the first piece.
 * Torch adds what a shared array gets from several pieces.
 */
final class DjlTape {
  private final List<Cut> cuts = new ArrayList<>();

  /** A function between two pieces of the graph. */
  private record Cut(
      BlockFunction function,
      PtNDArray in,
      PtNDArray parameters,
      PtNDArray out,
      int batch,
      DjlBuffer gradient,
      DjlBuffer parameterGradient) {}

  /**
   * Applies a function to each example's values.
   *
   * @param in [B, ...], contiguous
   * @param parameters [P]
   * @param learning whether a backward pass follows
   * @return as {@code in}; belongs to its manager
   */
  PtNDArray apply(
      BlockFunction function,
      PtNDArray in,
      PtNDArray parameters,
      int batch,
      DjlScratch scratch,
      boolean learning) {
    int total = (int) in.size();
    int size = total / batch;
    FloatBuffer from = DjlBuffer.floats(in);
    float[] shared = values(parameters);
    DjlBuffer buffer = scratch.next();
    FloatBuffer to = buffer.write(total);
    float[] block = new float[size];
    float[] result = new float[size];
    for (int b = 0; b < batch; b++) {
      from.get(block);
      function.forward(block, shared, result);
      to.put(result);
    }
    PtNDArray out = buffer.array((PtNDManager) in.getManager(), in.getShape());
    if (learning) {
      out.setRequiresGradient(true);
      cuts.add(new Cut(function, in, parameters, out, batch, scratch.next(), scratch.next()));
    }
    return out;
  }

  /** Gradients of all leaves, given that with respect to the logits. */
  void backward(PtNDArray logits, PtNDArray gradient) {
    // pieces share weights, whose views must outlast the first piece's pass
    boolean keep = !cuts.isEmpty();
    JniUtils.backward(logits, gradient, keep, false);
    for (int c = cuts.size() - 1; c >= 0; c--) {
      backward(cuts.get(c));
    }
  }

  private static void backward(Cut cut) {
    int total = (int) cut.in.size();
    int size = total / cut.batch;
    FloatBuffer in = DjlBuffer.floats(cut.in);
    FloatBuffer out = DjlBuffer.floats(cut.out);
    FloatBuffer dOut = DjlBuffer.floats(cut.out.getGradient());
    FloatBuffer dIn = cut.gradient.write(total);
    float[] shared = values(cut.parameters);
    double[] dShared = new double[shared.length];
    float[] z = new float[size];
    float[] p = new float[size];
    float[] dp = new float[size];
    float[] dz = new float[size];
    for (int b = 0; b < cut.batch; b++) {
      in.get(z);
      out.get(p);
      dOut.get(dp);
      cut.function.backward(z, shared, p, dp, dz, dShared);
      dIn.put(dz);
    }
    PtNDManager scope = (PtNDManager) cut.in.getManager();
    JniUtils.backward(cut.in, cut.gradient.array(scope, cut.in.getShape()), true, false);
    if (cut.function.learnsParameters()) {
      FloatBuffer to = cut.parameterGradient.write(shared.length);
      for (double d : dShared) {
        to.put((float) d);
      }
      PtNDArray d = cut.parameterGradient.array(scope, cut.parameters.getShape());
      JniUtils.backward(cut.parameters, d, true, false);
    }
  }

  private static float[] values(PtNDArray array) {
    float[] values = new float[(int) array.size()];
    DjlBuffer.floats(array).get(values);
    return values;
  }
}
