package io.millrace.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that explains predictions of every kind neither starts PyTorch nor unpacks it, which
 * takes seconds and 432 MB.
 */
class NoPyTorchTest {
  @TempDir Path cache;

  @Test
  void explainingStartsNoPyTorch() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    String classes = System.getProperty("java.class.path");
    command.addAll(
        List.of(
            "-DDJL_CACHE_DIR=" + cache,
            "-Xlog:class+init=info",
            "-cp",
            System.getProperty("surefire.test.class.path", classes),
            Explaining.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("explained %d kinds".formatted(ModelKind.values().length));
    assertThat(output.lines().filter(line -> line.contains("Initializing 'ai/djl/"))).isEmpty();
    try (Stream<Path> unpacked = Files.list(cache)) {
      assertThat(unpacked).isEmpty();
    }
  }

  /** Explains one prediction of each kind. */
  static final class Explaining {
    private Explaining() {}

    public static void main(String[] args) {
      FeatureSchema schema =
          FeatureSchema.parse(
              new Schema.Parser()
                  .parse(
                      """
                      {"type":"record","name":"Shown",
                       "millrace":{"table":{"rows":1024,"dim":8}},
                       "fields":[
                        {"name":"user","type":"string","feature":{"kind":"categorical"}},
                        {"name":"ad","type":"string","feature":{"kind":"categorical"}}]}
                      """));
      GenericRecord record = new GenericData.Record(schema.avro());
      record.put("user", "u1");
      record.put("ad", "a7");
      int explained = 0;
      for (ModelKind kind : ModelKind.values()) {
        ModelConfig config = ModelConfig.defaults(kind, "m", schema);
        try (CompiledModel compiled = CompiledModel.of(config, schema);
            Learner learner = new Learner(compiled, Long.MAX_VALUE);
            PredictionExplainer explainer =
                new PredictionExplainer(compiled, learner.table(), learner.tensors())) {
          explained += explainer.explain(record).fields().size() == 2 ? 1 : 0;
        }
      }
      System.out.println("explained " + explained + " kinds");
    }
  }
}
