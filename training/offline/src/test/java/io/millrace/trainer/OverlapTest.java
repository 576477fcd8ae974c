package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.Weights;
import io.millrace.trainer.TrainerConfig.L2Scope;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Making the next step ready beside this one changes no bit of what is learned. */
class OverlapTest {
  private static final FeatureSchema SCHEMA = BuiltInSchemas.load(BuiltInSchemas.LIBSVM_10);

  /** Most rows are in most steps; some fields are missing, some values rare. */
  private static LabeledExamples examples(int fields) {
    SplittableRandom random = new SplittableRandom(4);
    LabeledExamples examples = new LabeledExamples(fields);
    for (int i = 0; i < 3_000; i++) {
      var example = examples.next().append();
      for (int f = 0; f < fields; f++) {
        if (random.nextInt(20) > 0) {
          example.add(10_000L * f + random.nextInt(f < 8 ? 5 : 1_000), 1);
        }
        example.endField();
      }
      example.commit();
      examples.add(random.nextInt(2));
    }
    return examples;
  }

  private static Weights train(ModelKind kind, double l2, L2Scope scope, boolean overlapped) {
    String adam =
        "{\"rule\":\"adam\",\"learningRate\":0.02,\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1e-8}";
    ModelConfig model =
        ModelConfig.defaults(kind, "test", SCHEMA)
            .withoutExperts()
            .with(
                "{\"rows\":65536,\"rowOptimizer\":%s,\"denseOptimizer\":%s}".formatted(adam, adam));
    TrainerConfig config =
        TestConfigs.byAuc(32, 3, 1, 1, 3, l2, scope, 10, 0, 0, CapeConfig.none(), 5);
    try (CompiledModel compiled = CompiledModel.of(model, SCHEMA)) {
      LabeledExamples examples = examples(compiled.encoder().fields());
      try (Trainer trainer = new Trainer(compiled, config, examples, null, overlapped)) {
        for (int epoch = 1; epoch <= 3; epoch++) {
          trainer.epoch(epoch, 1, false, told -> {});
        }
        return trainer.weights();
      }
    }
  }

  /** 282 steps of 32 examples, in which a step shares rows with the one before it. */
  @ParameterizedTest
  @CsvSource({
    "FM, 0, BATCH",
    "MLP, 0, BATCH",
    "FM, .01, BATCH",
    "FM, .01, TABLE",
    "FM, .01, SHARED",
    "MLP, .5, LAZY"
  })
  void isTheSameToTheBit(ModelKind kind, double l2, L2Scope scope) {
    Weights plain = train(kind, l2, scope, false);
    Weights overlapped = train(kind, l2, scope, true);
    assertThat(overlapped.rows()).isEqualTo(plain.rows());
    assertThat(bits(overlapped.values())).isEqualTo(bits(plain.values()));
    for (int t = 0; t < plain.tensors().values().length; t++) {
      assertThat(bits(overlapped.tensors().values()[t]))
          .isEqualTo(bits(plain.tensors().values()[t]));
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  @Test
  void workRunsBesideOrAfterAndItsErrorIsSeen() {
    for (boolean overlapped : new boolean[] {true, false}) {
      try (Ahead ahead = new Ahead(overlapped)) {
        ahead.await();
        Thread[] where = new Thread[1];
        ahead.begin(() -> where[0] = Thread.currentThread());
        ahead.await();
        assertThat(where[0] == Thread.currentThread()).isEqualTo(!overlapped);
        ahead.begin(
            () -> {
              throw new IllegalArgumentException("no such row");
            });
        assertThatThrownBy(ahead::await).hasStackTraceContaining("no such row");
      }
    }
  }
}
