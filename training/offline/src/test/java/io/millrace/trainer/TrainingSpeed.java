package io.millrace.trainer;

import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelConfigBuilder;
import io.millrace.learner.ModelKind;
import io.millrace.learner.ProgramEngine;
import io.millrace.learner.TestSchemas;
import io.millrace.metrics.Metrics;
import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.ComputeDevice;
import io.millrace.model.CtrModel;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.LogisticRegressionConfig;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.trained.LabeledExamples;
import io.millrace.trainer.TrainerConfig.L2Scope;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How fast each model learns from steps of 4096 made-up examples with the ten fields of the Frappe
 * data, by one thread. Prints examples per second of that thread's CPU time
 *
 * <ul>
 *   <li>of {@link Learner#learn}: gather, predict, forward, backward, update of rows and tensors,
 *       evaluation; models with a training mode predict apart from their forward pass;
 *   <li>of {@link Training}, epoch by epoch: order, gather, forward, backward, L2 on the whole
 *       table, clipping, update; models with a training mode don't predict apart here;
 *   <li>of forward and backward alone, on field vectors that were gathered before;
 * </ul>
 *
 * and the microseconds that a prediction of 100 candidates takes on such vectors.
 *
 * <p>Each is the median of five measurements. Arguments: seconds per figure (default 10), then the
 * names of models (default all). System property {@code millrace.engine} chooses the engine.
 */
final class TrainingSpeed {
  private static final int STEP = 4096;
  private static final int CANDIDATES = 100;

  /** Values of Frappe's fields. */
  private static final int[] VOCABULARY = {957, 4082, 7, 7, 2, 3, 2, 9, 80, 233};

  private TrainingSpeed() {}

  /** What is measured. */
  private record Case(int dim, Architecture architecture) {}

  private static Map<String, Case> cases() {
    HiddenLayers dnn300 = new HiddenLayers(List.of(300, 300), true, 0);
    HiddenLayers dnn400 = new HiddenLayers(List.of(400, 400, 400), true, 0);
    HiddenLayers dnn256 = new HiddenLayers(List.of(256, 256), true, 0);
    AutoIntConfig autoint = new AutoIntConfig(3, 2, 16, true, true, true, false, true, false, 0);
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("lr", new Case(1, new LogisticRegressionConfig()));
    cases.put("fm", new Case(11, new FactorizationMachineConfig()));
    cases.put("mlp-300x2", new Case(10, new MlpConfig(dnn300)));
    cases.put("deepfm-300x2", new Case(11, new DeepFmConfig(dnn300)));
    cases.put("dcnv2-2-300x2", new Case(10, new DcnV2Config(2, false, dnn300)));
    FinalMlpConfig two = new FinalMlpConfig(dnn300, dnn300, 10, 0, List.of(), List.of());
    cases.put("finalmlp-300x2", new Case(10, two));
    cases.put("autoint-d10-L3-h2x16", new Case(10, autoint));
    cases.put("autoint-d32-L3-h2x16", new Case(32, autoint));
    cases.put("autoint+-d32-400x3", new Case(32, new AutoIntPlusConfig(autoint, dnn400)));
    ArmNetConfig oneHead = new ArmNetConfig(1, 10, 1.7f, false, true, false, dnn300);
    cases.put("armnet-K1-o10-a1.7", new Case(10, oneHead));
    ArmNetConfig four = new ArmNetConfig(4, 4, 1.5f, false, true, false, dnn300);
    cases.put("armnet+-K4-o4-a1.5", new Case(20, new ArmNetPlusConfig(four, dnn300)));
    ArmNetConfig eight = new ArmNetConfig(8, 32, 2, false, true, false, dnn256);
    cases.put("armnet-K8-o32-a2", new Case(10, eight));
    return cases;
  }

  public static void main(String[] args) {
    double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 10;
    List<String> chosen = List.of(args).subList(Math.min(1, args.length), args.length);
    cases()
        .forEach(
            (name, measured) -> {
              if (chosen.isEmpty() || chosen.contains(name)) {
                measure(name, measured, seconds);
              }
            });
  }

  private static void measure(String name, Case measured, double seconds) {
    FeatureSchema schema = TestSchemas.categoricals(VOCABULARY.length);
    ModelConfig like =
        ModelConfig.defaults(ModelKind.of(measured.architecture), name(name), schema);
    ModelConfig config =
        ModelConfigBuilder.builder(like.withoutExperts())
            .rows(1 << 16)
            .dim(measured.dim)
            .stepSize(STEP)
            .architecture(measured.architecture)
            .build();
    try (CompiledModel compiled =
        CompiledModel.of(config, schema, ProgramEngine.chosen(), ComputeDevice.CPU)) {
      int parameters = compiled.model().tensors().stream().mapToInt(TensorSpec::size).sum();
      System.out.printf(
          Locale.ROOT,
          "%-22s %,9d dense parameters, examples/CPU-s: learn %,10.0f  train %,10.0f"
              + "  forward+backward %,11.0f; µs for 100 candidates: %,8.0f%n",
          name,
          parameters,
          learning(compiled, seconds),
          training(compiled, seconds),
          computing(compiled.model(), seconds),
          answering(compiled.model(), seconds));
    }
  }

  private static double learning(CompiledModel compiled, double seconds) {
    List<EncodedBatch> batches = List.of(batch(1), batch(2), batch(3), batch(4));
    byte[] labels = new byte[STEP];
    for (int b = 0; b < STEP; b += 3) {
      labels[b] = 1;
    }
    float[] probabilities = new float[STEP];
    try (Learner learner = new Learner(compiled, STEP)) {
      int[] steps = {0};
      Runnable step = () -> learner.learn(batches.get(steps[0]++ % 4), labels, probabilities);
      double speed = speed(step, seconds);
      while (steps[0] < 80) {
        step.run();
      }
      // four batches are learned by heart: what doesn't learn isn't worth timing
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

  static double answering(CtrModel model, double seconds) {
    Tensors initial = Tensors.initial(model.tensors(), 42);
    Tensors weights = new Tensors(initial.specs(), initial.values(), true); // as a server's
    float[] x = vectors(model, CANDIDATES);
    float[] logits = new float[CANDIDATES];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      Runnable request = () -> workspace.infer(weights, x, CANDIDATES, logits);
      return 1e6 * STEP / speed(request, seconds);
    }
  }

  private static float[] vectors(CtrModel model, int examples) {
    SplittableRandom random = new SplittableRandom(5);
    float[] x = new float[examples * model.fields() * model.dim()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    return x;
  }

  static double computing(CtrModel model, double seconds) {
    Tensors weights = Tensors.initial(model.tensors(), 42);
    Tensors gradients = Tensors.zeros(model.tensors());
    float[] x = vectors(model, STEP);
    float[] dx = new float[x.length];
    float[] logits = new float[STEP];
    float[] dLogits = new float[STEP];
    CtrModel.Loss loss = (first, count, z, d) -> System.arraycopy(z, first, d, first, count);
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      return speed(
          () -> workspace.step(weights, x, null, STEP, 1, loss, logits, dLogits, dx, gradients),
          seconds);
    }
  }

  /** Epochs over eight steps' examples, validated on a few. */
  private static double training(CompiledModel compiled, double seconds) {
    LabeledExamples train = examples(8 * STEP);
    LabeledExamples valid = examples(64);
    TrainerConfig once =
        TestConfigs.byAuc(
            STEP, 2, 1, 1, 1_000_000, 0.01, L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 1);
    double estimate = epochs(compiled, once, train, valid)[0];
    int epochs = (int) Math.max(6, Math.min(1000, seconds / estimate + 1));
    double[] used = epochs(compiled, once.withEpochs(epochs), train, valid);
    return train.size() / median(used);
  }

  /** CPU seconds of each epoch but the first. */
  private static double[] epochs(
      CompiledModel compiled, TrainerConfig config, LabeledExamples train, LabeledExamples valid) {
    List<Long> at = new ArrayList<>();
    Training.run(compiled, config, train, valid, epoch -> at.add(cpuNanos()));
    return IntStream.range(1, at.size())
        .mapToDouble(e -> (at.get(e) - at.get(e - 1)) * 1e-9)
        .toArray();
  }

  private static LabeledExamples examples(int count) {
    LabeledExamples examples = new LabeledExamples(VOCABULARY.length);
    EncodedBatch from = batch(7);
    for (int i = 0; i < count; i++) {
      examples.next().append(from, i % STEP);
      examples.add(i % 3 == 0 ? 1 : 0);
    }
    return examples;
  }

  /** Examples per second of this thread's CPU time; the first steps are not counted. */
  private static double speed(Runnable step, double seconds) {
    for (int i = 0; i < 4; i++) {
      step.run();
    }
    double[] perExample = new double[5];
    for (int m = 0; m < perExample.length; m++) {
      long start = cpuNanos();
      int steps = 0;
      double used;
      do {
        step.run();
        steps++;
        used = (cpuNanos() - start) * 1e-9;
      } while (used < seconds / perExample.length);
      perExample[m] = used / (steps * (double) STEP);
    }
    return 1 / median(perExample);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static String name(String name) {
    return name.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  private static EncodedBatch batch(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    EncodedBatch batch = new EncodedBatch(VOCABULARY.length);
    for (int b = 0; b < STEP; b++) {
      EncodedBatch.Appender example = batch.append();
      for (int f = 0; f < VOCABULARY.length; f++) {
        // small values more often, as people and apps are
        double u = random.nextDouble();
        example.add(f * 1_000_003L + (int) (u * u * VOCABULARY[f]), 1);
        example.endField();
      }
      example.commit();
    }
    return batch;
  }
}
