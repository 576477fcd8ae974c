package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.RowFormat;
import io.millrace.embedding.TableSnapshot;
import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.learner.CompiledModel;
import io.millrace.metrics.Metrics;
import io.millrace.model.CtrModel;
import io.millrace.trained.Judge;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a server's row format costs: a model is trained once in fp32, and judged on the same test
 * examples with its rows in each format. Arguments: {@code ml1m} or {@code frappe}, the data's
 * folder, seeds. Prints CSV: bytes of a row, bytes that a snapshot holds for each of its rows.
 */
final class RowFormats {
  private RowFormats() {}

  public static void main(String[] args) throws IOException {
    BenchmarkTask task = BenchmarkTask.named(args[0], Path.of(args[1]));
    System.out.println(
        "data,values a row,seed,format,bytes a row,bytes held,test AUC,loss of AUC,log loss");
    for (String seed : List.of(args).subList(2, args.length)) {
      for (int lookups : new int[] {1, task.lookups()}) {
        compare(args[0], task, Long.parseLong(seed), lookups);
      }
    }
  }

  private static void compare(String data, BenchmarkTask task, long seed, int lookups) {
    long values =
        task.values().stream()
            .flatMap(
                example -> {
                  List<String> each = new ArrayList<>();
                  for (int f = 0; f < example.length; f++) {
                    each.add(f + "=" + example[f]);
                  }
                  return each.stream();
                })
            .distinct()
            .count();
    int[] perField = new int[task.fields()];
    Arrays.fill(perField, lookups);
    EmbeddingScheme scheme = new UnifiedEmbedding(values * lookups, task.model().dim(), perField);
    try (CompiledModel compiled = task.compiled(seed, scheme);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      Weights best = task.trained(compiled, seed);
      int width = scheme.rowWidth();
      TableSnapshot.Builder learned = compiled.initialTable().with();
      for (int i = 0; i < best.rows().length; i++) {
        learned.put(best.rows()[i], best.values(), i * width);
      }
      TableSnapshot exact = learned.build();
      LabeledExamples test = task.encoded(task.test());
      double exactAuc = 0;
      for (RowFormat format : RowFormat.values()) {
        TableSnapshot table = exact.in(format);
        Metrics metrics =
            Judge.evaluate(
                test,
                answer ->
                    Judge.predict(scheme, workspace, table, best.tensors(), test, 4096, answer));
        exactAuc = format == RowFormat.FP32 ? metrics.auc() : exactAuc;
        System.out.printf(
            Locale.ROOT,
            "%s,%d,%d,%s,%d,%.1f,%.5f,%.5f,%.5f%n",
            data,
            width,
            seed,
            format.name().toLowerCase(Locale.ROOT),
            format.bytes(width),
            (double) table.bytes() / table.rows(),
            metrics.auc(),
            exactAuc - metrics.auc(),
            metrics.logloss());
      }
    }
  }
}
