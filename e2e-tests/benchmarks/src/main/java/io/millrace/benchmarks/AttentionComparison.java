package io.millrace.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a prediction of 1 to 500 candidates costs with the same AutoInt weights by the kernels, by
 * DJL (PyTorch) and by ONNX Runtime, one thread each; field vectors are given. Logits are compared
 * before anything is timed. Arguments: seconds per figure (default 3).
 */
final class AttentionComparison {
  private static final int FIELDS = 39;
  private static final int DIM = 16;
  private static final int[] CANDIDATES = {1, 50, 100, 200, 500};
  private static final int MOST = 500;
  private static final int REQUEST = 100;
  private static final int RUNS = 1000;
  private static final float TOLERANCE = 1e-4f;

  private AttentionComparison() {}

  public static void main(String[] args) throws OrtException {
    double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 3;
    System.out.printf(
        "%-24s%12s%14s%14s%14s%12s%12s%n",
        "autoint, 39 fields, D 16",
        "candidates",
        "kernels µs",
        "djl µs",
        "onnx µs",
        "djl ×",
        "onnx ×");
    compare("2 layers, 2 heads × 8", AutoIntConfig.paper(2, 2, 8), seconds);
    compare("3 layers, 2 heads × 32", AutoIntConfig.paper(3, 2, 32), seconds);
  }

  /** Compares the engines' logits, then their speed. */
  static void compare(String name, AutoIntConfig config, double seconds) throws OrtException {
    CtrModel kernels = config.model(Engine.KERNELS, FIELDS, DIM, DIM);
    CtrModel djl = config.model(Engine.DJL, FIELDS, DIM, DIM);
    Tensors weights = Tensors.initial(kernels.tensors(), 42);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    byte[] graph = OnnxAutoInt.of(config, FIELDS, DIM, weights);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      try (OrtSession session = environment.createSession(graph, options);
          CtrModel.Workspace first = kernels.newWorkspace();
          CtrModel.Workspace second = djl.newWorkspace()) {
        warmUp(first, weights, seconds);
        for (int count : CANDIDATES) {
          float[] x = vectors(count);
          float[] logits = new float[count];
          float[] expected = new float[count];
          float[] onnx = new float[count];
          FloatBuffer input = direct(x);
          Runnable byOnnx = () -> run(environment, session, input, count, onnx);
          first.infer(weights, x, count, logits);
          second.infer(weights, x, count, expected);
          byOnnx.run();
          requireClose(name, expected, logits);
          requireClose(name, expected, onnx);
          double kernelTime = CpuTime.of(() -> first.infer(weights, x, count, logits), seconds);
          double djlTime = CpuTime.of(() -> second.infer(weights, x, count, expected), seconds);
          double onnxTime = CpuTime.of(byOnnx, seconds);
          System.out.printf(
              Locale.ROOT,
              "%-24s%12d%,14.0f%,14.0f%,14.0f%12.1f%12.1f%n",
              name,
              count,
              kernelTime * 1e6,
              djlTime * 1e6,
              onnxTime * 1e6,
              djlTime / kernelTime,
              onnxTime / kernelTime);
        }
        float[] x = vectors(REQUEST);
        float[] logits = new float[REQUEST];
        double[] each = CpuTime.each(() -> first.infer(weights, x, REQUEST, logits), RUNS);
        System.out.printf(
            Locale.ROOT,
            "%s, %d candidates by kernels, %d runs: median %,.0f µs, p99 %,.0f µs%n",
            name,
            REQUEST,
            RUNS,
            each[RUNS / 2] * 1e6,
            each[RUNS * 99 / 100] * 1e6);
      }
    }
  }

  /** Until the kernels are compiled, whatever is measured first. */
  private static void warmUp(CtrModel.Workspace workspace, Tensors weights, double seconds) {
    float[] x = vectors(MOST);
    float[] logits = new float[MOST];
    CpuTime.of(() -> workspace.infer(weights, x, MOST, logits), seconds);
  }

  private static void run(
      OrtEnvironment environment, OrtSession session, FloatBuffer x, int count, float[] logits) {
    x.rewind();
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, x, new long[] {count, FIELDS, DIM});
        OrtSession.Result result = session.run(Map.of("x", input))) {
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(logits);
    } catch (OrtException e) {
      throw new IllegalStateException("onnx, " + count + " candidates", e);
    }
  }

  private static void requireClose(String name, float[] expected, float[] actual) {
    for (int b = 0; b < expected.length; b++) {
      if (!(Math.abs(expected[b] - actual[b]) <= TOLERANCE * (1 + Math.abs(expected[b])))) {
        throw new IllegalStateException(
            "%s, logit %d: %s, expected %s".formatted(name, b, actual[b], expected[b]));
      }
    }
  }

  private static FloatBuffer direct(float[] x) {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(x.length * 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
    buffer.put(x);
    return buffer;
  }

  private static float[] vectors(int count) {
    SplittableRandom random = new SplittableRandom(7);
    float[] x = new float[count * FIELDS * DIM];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
