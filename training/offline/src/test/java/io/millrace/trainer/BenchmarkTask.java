package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureHash;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.learner.ProgramEngine;
import io.millrace.model.CtrModel;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.Weights;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.tukaani.xz.XZInputStream;

/**
 * A public data set with its split, and a model that does well on it.
 *
 * @param lookups the largest number of narrower rows that make a field vector
 * @param values of each example, one string per field
 * @param labels of each example
 * @param train numbers of the examples to train on
 * @param valid likewise to choose the epoch
 * @param test likewise to judge
 */
record BenchmarkTask(
    FeatureSchema schema,
    ModelConfig model,
    TrainerConfig training,
    int lookups,
    List<String[]> values,
    List<Integer> labels,
    List<Integer> train,
    List<Integer> valid,
    List<Integer> test) {

  /**
   * @param name {@code ml1m} or {@code frappe}
   * @param folder of the files
   */
  static BenchmarkTask named(String name, Path folder) throws IOException {
    return switch (name) {
      case "ml1m" -> movieLens(folder);
      case "frappe" -> frappe(folder);
      default -> throw new IllegalArgumentException(name + ": expected ml1m or frappe");
    };
  }

  int fields() {
    return values.get(0).length;
  }

  /** Its model, with a seed, on an embedding of one's own. */
  CompiledModel compiled(long seed, EmbeddingScheme scheme) {
    ModelConfig config = model.with("{\"seed\":" + seed + "}");
    CtrModel made =
        config
            .architecture()
            .model(ProgramEngine.chosen(), scheme.fields(), scheme.dim(), scheme.rowWidth());
    return new CompiledModel(config, schema, FeatureEncoder.compile(schema), scheme, made);
  }

  /** What a model has learned by its best epoch. */
  Weights trained(CompiledModel compiled, long seed) {
    return Training.run(
            compiled, training.withSeed(seed), encoded(train), encoded(valid), epoch -> {})
        .model()
        .weights();
  }

  LabeledExamples encoded(List<Integer> which) {
    LabeledExamples examples = new LabeledExamples(fields());
    for (int i : which) {
      var example = examples.next().append();
      for (int f = 0; f < fields(); f++) {
        example.add(token(f, values.get(i)[f]), 1);
        example.endField();
      }
      example.commit();
      examples.add(labels.get(i));
    }
    return examples;
  }

  static long token(int field, String value) {
    return FeatureHash.key("field" + field + "=" + value);
  }

  /**
   * The recipe of the public reproduction (lilyungg/unified-embeddings, 7302347), on the half of
   * MovieLens-1M that the data has: six fields, a random 80/10/10 split, D = 30, DCN-V2 of one
   * cross layer and 192 units, batches of 128.
   */
  private static BenchmarkTask movieLens(Path folder) throws IOException {
    List<String[]> values = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    try (BufferedReader in = open(folder.resolve("ml1m_half_time_stream.csv.xz"))) {
      in.readLine();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] columns = line.split(",", -1);
        values.add(Arrays.copyOfRange(columns, 2, 8));
        labels.add(Integer.parseInt(columns[0]));
      }
    }
    List<Integer> order = new ArrayList<>(range(0, values.size()));
    Collections.shuffle(order, new Random(1));
    int tenth = order.size() / 10;
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.MOVIELENS_STREAM);
    String hidden = "{\"widths\":[192],\"batchNorm\":false,\"dropout\":0}";
    return new BenchmarkTask(
        schema,
        config(
            ModelKind.DCNV2,
            schema,
            30,
            0.05,
            "{\"kind\":\"dcnv2\",\"crossLayers\":1,\"stacked\":false,\"hidden\":" + hidden + "}"),
        TestConfigs.byAuc(
            128, 30, 1, 0.1, 2, 0, TrainerConfig.L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 1),
        3,
        values,
        labels,
        order.subList(2 * tenth, order.size()),
        order.subList(0, tenth),
        order.subList(tenth, 2 * tenth));
  }

  /** A perceptron of 200 and 200 units with batch norm, whole-table L2 of .05 as on Frappe. */
  private static BenchmarkTask frappe(Path folder) throws IOException {
    List<String[]> values = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    int[] ends = new int[3];
    String[] files = {"train_rebuilt", "valid_official", "test_official"};
    for (int i = 0; i < files.length; i++) {
      try (BufferedReader in = open(folder.resolve("frappe_" + files[i] + ".libsvm.xz"))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          String[] columns = line.split(" ", -1);
          values.add(Arrays.copyOfRange(columns, 1, 11));
          labels.add(Integer.parseInt(columns[0]));
        }
      }
      ends[i] = values.size();
    }
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.LIBSVM_10);
    String hidden = "{\"widths\":[200,200],\"batchNorm\":true,\"dropout\":0.2}";
    return new BenchmarkTask(
        schema,
        config(ModelKind.MLP, schema, 10, 0.01, "{\"kind\":\"mlp\",\"hidden\":" + hidden + "}"),
        TestConfigs.byAuc(
            4096, 40, 1, 0.1, 2, 0.05, TrainerConfig.L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 1),
        5,
        values,
        labels,
        range(0, ends[0]),
        range(ends[0], ends[1]),
        range(ends[1], ends[2]));
  }

  private static ModelConfig config(
      ModelKind kind, FeatureSchema schema, int dim, double scale, String architecture) {
    String adam =
        "{\"rule\":\"adam\",\"learningRate\":0.001,\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1e-8}";
    return ModelConfig.defaults(kind, "budgets", schema)
        .with(
            "{\"dim\":%d,\"initScale\":%s,\"rowOptimizer\":%s,\"denseOptimizer\":%s,\"architecture\":%s}"
                .formatted(dim, scale, adam, adam, architecture));
  }

  private static List<Integer> range(int from, int to) {
    List<Integer> numbers = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private static BufferedReader open(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            new XZInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
  }
}
