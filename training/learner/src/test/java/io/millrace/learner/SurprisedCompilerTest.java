package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.FeatureSchema;
import io.millrace.model.CtrModel;
import io.millrace.model.Tensors;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.junit.jupiter.api.Test;

/**
 * The compiler is led into expecting one kind of vector operator before a model is computed, in a
 * process of its own with this one's flags. Vectors that have become objects show as memory.
 */
class SurprisedCompilerTest {
  private static final int EXAMPLES = 100;
  private static final int FIELDS = 39;
  private static final int PREDICTIONS = 50;

  /** Bytes a prediction once all is compiled: AutoInt's own few objects. */
  private static final long SETTLED = 10_000;

  @Test
  void vectorsStayInRegisters() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    String classes = System.getProperty("java.class.path");
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", classes),
            Surprised.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(Long.parseLong(output.strip()))
        .as("bytes a prediction")
        .isLessThanOrEqualTo(SETTLED);
  }

  /**
   * Prints how many bytes AutoInt allocates for one prediction of 100 examples once the compiler
   * has come to it, or after half a minute.
   */
  static final class Surprised {
    private static final int CALLS = 20_000;

    private Surprised() {}

    public static void main(String[] args) {
      float[] memory = new float[64];
      FloatVector v = FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, memory, 0);
      for (int i = 0; i < CALLS; i++) {
        v = sum(v);
      }
      for (int i = 0; i < CALLS; i++) {
        v = multiplyAdd(v);
      }
      v.intoArray(memory, 0);
      System.out.println(bytesOfAPrediction());
    }

    private static FloatVector sum(FloatVector v) {
      return v.lanewise(VectorOperators.ADD, v);
    }

    private static FloatVector multiplyAdd(FloatVector v) {
      return v.lanewise(VectorOperators.FMA, v, v);
    }

    private static long bytesOfAPrediction() {
      FeatureSchema schema = TestSchemas.categoricals(FIELDS);
      ModelConfig config =
          ModelConfig.defaults(ModelKind.AUTOINT, "m", schema)
              .with(
                  """
                  {"architecture":{"kind":"autoint","layers":3,"heads":2,"headDim":32,
                   "scaled":false,"layerNorm":false,"residual":true,"activatedProjections":false,
                   "fieldEmbedding":false,"wide":false,"attentionDropout":0}}
                  """);
      try (CompiledModel compiled = CompiledModel.of(config, schema);
          CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
        Tensors weights = Tensors.initial(compiled.model().tensors(), 42);
        float[] x = new float[EXAMPLES * FIELDS * compiled.model().dim()];
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) Math.sin(i);
        }
        float[] logits = new float[EXAMPLES];
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        long perPrediction;
        do {
          long before = threads.getCurrentThreadAllocatedBytes();
          for (int i = 0; i < PREDICTIONS; i++) {
            workspace.infer(weights, x, null, null, EXAMPLES, logits);
          }
          perPrediction = (threads.getCurrentThreadAllocatedBytes() - before) / PREDICTIONS;
        } while (perPrediction > SETTLED && System.nanoTime() < end);
        return perPrediction;
      }
    }
  }
}
