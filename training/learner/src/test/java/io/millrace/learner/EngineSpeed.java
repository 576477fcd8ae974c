package io.millrace.learner;

import io.millrace.embedding.TableSnapshot;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.metrics.Metrics;
import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.ComputeDevice;
import io.millrace.model.CtrModel;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.LogisticRegressionConfig;
import io.millrace.model.Tensors;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How fast models learn and predict at the shapes of {@code docs/research/engine-speed.md}, by one
 * thread. Prints examples per second of that thread's CPU time
 *
 * <ul>
 *   <li>of {@link Learner#learn} in steps of 256, 16 and 1, on examples that are encoded already;
 *   <li>of forward and backward pass alone, on field vectors gathered before, 256 at a time;
 *   <li>of predicting from encoded examples: gather from a server's table, forward, 256 at a time;
 *   <li>of the same where three quarters of the fields are equal in all examples, as the context of
 *       a request's candidates is;
 *   <li>of the forward pass alone.
 * </ul>
 *
 * <p>Each is the median of nine measurements. Arguments: seconds per figure (default 5), then the
 * names of models (default all). System property {@code millrace.engine} chooses the engine.
 */
final class EngineSpeed {
  private static final int BATCH = 256;
  private static final int EXAMPLES = 4096;
  private static final int MEASUREMENTS = 9;
  private static final double WARM_SECONDS = 3;
  private static final int FRAPPE_FIELDS = 10;
  private static final int CRITEO_FIELDS = 39;

  private EngineSpeed() {}

  /** What is measured. */
  private record Case(int fields, int dim, Architecture architecture) {}

  private static Map<String, Case> cases() {
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("lr", new Case(FRAPPE_FIELDS, 1, new LogisticRegressionConfig()));
    cases.put("fm", new Case(FRAPPE_FIELDS, 11, new FactorizationMachineConfig()));
    cases.put("lr-39", new Case(CRITEO_FIELDS, 1, new LogisticRegressionConfig()));
    cases.put("fm-39", new Case(CRITEO_FIELDS, 11, new FactorizationMachineConfig()));
    cases.put("deepfm", new Case(FRAPPE_FIELDS, 11, DeepFmConfig.streaming()));
    cases.put("deepfm-39", new Case(CRITEO_FIELDS, 11, DeepFmConfig.streaming()));
    cases.put("autoint-s", new Case(CRITEO_FIELDS, 16, AutoIntConfig.streaming()));
    cases.put("autoint-s-paper", new Case(CRITEO_FIELDS, 16, AutoIntConfig.paper(2, 2, 8)));
    AutoIntConfig p = new AutoIntConfig(3, 2, 32, true, true, true, false, true, true, 0);
    cases.put("autoint-p", new Case(CRITEO_FIELDS, 16, p));
    cases.put("autoint-p-paper", new Case(CRITEO_FIELDS, 16, AutoIntConfig.paper(3, 2, 32)));
    cases.put("armnet", new Case(FRAPPE_FIELDS, 10, armNet(HiddenLayers.plain(64))));
    HiddenLayers wide = new HiddenLayers(List.of(300, 300), true, 0);
    cases.put("armnet-300x2", new Case(FRAPPE_FIELDS, 10, armNet(wide)));
    return cases;
  }

  private static ArmNetConfig armNet(HiddenLayers hidden) {
    return new ArmNetConfig(1, 10, 1.7f, false, true, false, hidden);
  }

  public static void main(String[] args) {
    double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 5;
    List<String> chosen = List.of(args).subList(Math.min(1, args.length), args.length);
    System.out.printf(
        "%-16s%12s%12s%12s%12s%12s%12s%12s%n",
        "examples/CPU-s",
        "learn 256",
        "learn 16",
        "learn 1",
        "passes",
        "predict",
        "rank",
        "forward");
    cases()
        .forEach(
            (name, measured) -> {
              if (chosen.isEmpty() || chosen.contains(name)) {
                measure(name, measured, seconds);
              }
            });
  }

  private static void measure(String name, Case measured, double seconds) {
    FeatureSchema schema = TestSchemas.categoricals(measured.fields);
    ModelConfig like =
        ModelConfig.defaults(ModelKind.of(measured.architecture), name.replace('-', '_'), schema);
    ModelConfig config =
        ModelConfigBuilder.builder(like.withoutExperts())
            .rows(1 << 16)
            .dim(measured.dim)
            .stepSize(BATCH)
            .architecture(measured.architecture)
            .build();
    try (CompiledModel compiled =
        CompiledModel.of(config, schema, ProgramEngine.chosen(), ComputeDevice.CPU)) {
      // until the JIT has come to a model's methods it learns at a tenth of its speed
      learning(compiled, BATCH, WARM_SECONDS);
      System.out.printf(
          Locale.ROOT,
          "%-16s%,12.0f%,12.0f%,12.0f%,12.0f%,12.0f%,12.0f%,12.0f%n",
          name,
          learning(compiled, BATCH, seconds),
          learning(compiled, 16, seconds),
          learning(compiled, 1, seconds),
          computing(compiled.model(), seconds),
          predicting(compiled, 0, seconds),
          predicting(compiled, 0.75, seconds),
          answering(compiled.model(), seconds));
    }
  }

  private static double learning(CompiledModel compiled, int size, double seconds) {
    EncodedBatch[] batches = batches(compiled.scheme().fields(), size, 0);
    byte[] labels = new byte[size];
    if (size > 1) {
      for (int b = 0; b < size; b += 3) {
        labels[b] = 1;
      }
    }
    float[] probabilities = new float[size];
    try (Learner learner = new Learner(compiled, EXAMPLES)) {
      int[] steps = {0};
      Runnable step =
          () -> learner.learn(batches[steps[0]++ % batches.length], labels, probabilities);
      double speed = speed(step, size, seconds);
      while (learner.closedSegments().size() < 4) {
        step.run();
      }
      // the same examples are learned by heart: what doesn't learn isn't worth timing
      List<Metrics> segments = learner.closedSegments();
      double first = segments.get(0).logloss();
      double last = segments.get(segments.size() - 1).logloss();
      if (!(last < first)) {
        throw new IllegalStateException(
            "logloss after %d steps: %s, expected less than %s".formatted(steps[0], last, first));
      }
      return speed;
    }
  }

  private static double computing(CtrModel model, double seconds) {
    Tensors weights = Tensors.initial(model.tensors(), 42);
    Tensors gradients = Tensors.zeros(model.tensors());
    float[] x = vectors(model);
    float[] dx = new float[x.length];
    float[] logits = new float[BATCH];
    float[] dLogits = new float[BATCH];
    CtrModel.Loss half = (first, count, z, d) -> Arrays.fill(d, first, first + count, 0.5f);
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      Runnable step =
          () -> workspace.step(weights, x, null, BATCH, 1, half, logits, dLogits, dx, gradients);
      return speed(step, BATCH, seconds);
    }
  }

  private static double predicting(CompiledModel compiled, double shared, double seconds) {
    int fields = compiled.scheme().fields();
    EncodedBatch[] batches = batches(fields, BATCH, (int) (shared * fields));
    TableSnapshot table = compiled.initialTable();
    TableSnapshot.Builder builder = table.with();
    float[] row = new float[table.rowWidth()];
    for (long r = 0; r < table.rows(); r++) {
      Arrays.fill(row, 0);
      table.addRow(r, 1, row, 0);
      builder.put(r, row, 0);
    }
    TableSnapshot updated = builder.build();
    Tensors weights = compiled.initialTensors();
    FieldVectors vectors = compiled.newFieldVectors();
    float[] x = vectors(compiled.model());
    float[] logits = new float[BATCH];
    try (CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      int[] steps = {0};
      Runnable step =
          () -> {
            EncodedBatch batch = batches[steps[0]++ % batches.length];
            vectors.gather(batch, updated, weights, x);
            workspace.infer(weights, x, batch.missing(), batch.shared(), BATCH, logits);
          };
      return speed(step, BATCH, seconds);
    }
  }

  private static double answering(CtrModel model, double seconds) {
    Tensors weights = Tensors.initial(model.tensors(), 42);
    float[] x = vectors(model);
    float[] logits = new float[BATCH];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      return speed(() -> workspace.infer(weights, x, BATCH, logits), BATCH, seconds);
    }
  }

  private static float[] vectors(CtrModel model) {
    SplittableRandom random = new SplittableRandom(5);
    float[] x = new float[BATCH * model.fields() * model.dim()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    return x;
  }

  /** Examples per second of this thread's CPU time, after a warm-up of a fifth of the time. */
  private static double speed(Runnable step, int size, double seconds) {
    perExample(step, size, seconds / 5);
    double[] measured = new double[MEASUREMENTS];
    for (int m = 0; m < MEASUREMENTS; m++) {
      measured[m] = perExample(step, size, seconds / MEASUREMENTS);
    }
    Arrays.sort(measured);
    return 1 / measured[MEASUREMENTS / 2];
  }

  private static double perExample(Runnable step, int size, double seconds) {
    long start = cpuNanos();
    long examples = 0;
    double used;
    do {
      for (int done = 0; done < BATCH; done += size) {
        step.run();
        examples += size;
      }
      used = (cpuNanos() - start) * 1e-9;
    } while (used < seconds);
    return used / examples;
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** The same examples, cut into steps; the first fields are equal in all examples of a step. */
  private static EncodedBatch[] batches(int fields, int size, int shared) {
    SplittableRandom random = new SplittableRandom(3);
    EncodedBatch[] batches = new EncodedBatch[EXAMPLES / size];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = new EncodedBatch(fields);
      for (int b = 0; b < size; b++) {
        EncodedBatch.Appender example = batches[i].append();
        for (int f = 0; f < fields; f++) {
          // small values more often, as people and things are
          double u = random.nextDouble();
          int value = f < shared ? i : (int) (u * u * 1000);
          example.add(f * 1_000_003L + value, 1);
          example.endField();
        }
        example.commit();
      }
    }
    return batches;
  }
}
