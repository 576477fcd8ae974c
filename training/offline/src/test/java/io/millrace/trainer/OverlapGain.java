package io.millrace.trainer;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.trained.LabeledExamples;
import io.millrace.trainer.TrainerConfig.L2Scope;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What it brings to make the next training step ready beside this one: examples per second of wall
 * time without and with, in turn, the medians of each. Arguments: {@code cpu} or {@code gpu:N},
 * values of a field, repetitions.
 */
final class OverlapGain {
  private static final FeatureSchema SCHEMA = BuiltInSchemas.load(BuiltInSchemas.LIBSVM_10);
  private static final int EXAMPLES = 80_000;

  private OverlapGain() {}

  public static void main(String[] args) {
    ComputeDevice device = ComputeDevice.parse(args[0]);
    int values = Integer.parseInt(args[1]);
    int repetitions = Integer.parseInt(args[2]);
    for (ModelKind kind : new ModelKind[] {ModelKind.FM, ModelKind.MLP}) {
      for (double l2 : new double[] {0, .01}) {
        run(kind, device, values, l2, repetitions);
      }
    }
  }

  private static void run(
      ModelKind kind, ComputeDevice device, int values, double l2, int repetitions) {
    ModelConfig model =
        ModelConfig.defaults(kind, "overlap", SCHEMA)
            .withoutExperts()
            .with("{\"rows\":4194304,\"dim\":32}");
    if (kind == ModelKind.MLP) {
      model = model.with("{\"architecture\":{\"hidden\":{\"widths\":[200,200]}}}");
    }
    TrainerConfig config =
        TestConfigs.byAuc(4096, 1, 1, 1, 1, l2, L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 1);
    double[][] speeds = new double[2][repetitions];
    try (CompiledModel compiled = CompiledModel.of(model, SCHEMA, Engine.KERNELS, device)) {
      LabeledExamples examples = examples(compiled.encoder().fields(), values);
      try (Trainer apart = new Trainer(compiled, config, examples, null, false);
          Trainer overlapped = new Trainer(compiled, config, examples, null, true)) {
        Trainer[] trainers = {apart, overlapped};
        for (int epoch = 1; epoch <= repetitions + 1; epoch++) {
          for (int t = 0; t < 2; t++) {
            long started = System.nanoTime();
            trainers[t].epoch(epoch, 1, false, done -> {});
            if (epoch > 1) {
              speeds[t][epoch - 2] = EXAMPLES / ((System.nanoTime() - started) * 1e-9);
            }
          }
        }
      }
    }
    Arrays.stream(speeds).forEach(Arrays::sort);
    System.out.printf(
        Locale.ROOT,
        "%s on %s, %,d values a field, l2 %s: %,.0f examples/s apart, %,.0f overlapped%n",
        kind,
        device,
        values,
        l2,
        speeds[0][repetitions / 2],
        speeds[1][repetitions / 2]);
  }

  /** Values as a skewed stream has them: half of them are among a hundredth. */
  private static LabeledExamples examples(int fields, int values) {
    SplittableRandom random = new SplittableRandom(1);
    LabeledExamples examples = new LabeledExamples(fields);
    for (int i = 0; i < EXAMPLES; i++) {
      var example = examples.next().append();
      for (int f = 0; f < fields; f++) {
        int value = random.nextInt(random.nextBoolean() ? values : Math.max(1, values / 100));
        example.add(10_000_019L * f + value, 1);
        example.endField();
      }
      example.commit();
      examples.add(random.nextInt(2));
    }
    return examples;
  }
}
