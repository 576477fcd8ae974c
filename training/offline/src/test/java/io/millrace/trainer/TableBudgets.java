package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.Lookups;
import io.millrace.embedding.RowGradients;
import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.metrics.Metrics;
import io.millrace.model.CtrModel;
import io.millrace.model.Tensors;
import io.millrace.trained.Judge;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a table's memory buys, by the scheme that spends it: test AUC of one model on tables of the
 * same size in bytes. Arguments: {@code ml1m} or {@code frappe}, the data's folder, seeds.
 *
 * <ul>
 *   <li>per-feature hash: a table for each field, rows in proportion to its values
 *   <li>multiplexed 1, 2, ...: {@link UnifiedEmbedding} with so many lookups of narrower rows
 *   <li>frequent ids: collisionless rows for the values that are most frequent in training, one row
 *       per field for all others; at the whole size every value has its own row
 * </ul>
 */
final class TableBudgets {
  private static final double[] SHARES = {0.1, 0.5, 1};

  private TableBudgets() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    BenchmarkTask task = BenchmarkTask.named(args[0], folder);
    for (String seed : List.of(args).subList(2, args.length)) {
      run(task, Long.parseLong(seed));
    }
  }

  private static void run(BenchmarkTask task, long seed) {
    List<Set<String>> vocabulary = new ArrayList<>();
    for (int f = 0; f < task.fields(); f++) {
      Set<String> values = new TreeSet<>();
      for (String[] example : task.values()) {
        values.add(example[f]);
      }
      vocabulary.add(values);
    }
    int all = vocabulary.stream().mapToInt(Set::size).sum();
    int dim = task.model().dim();
    System.out.printf(
        Locale.ROOT, "%s, seed %d: %,d values, D %d%n", task.model().kind(), seed, all, dim);
    for (double share : SHARES) {
      int rows = (int) Math.round(share * all);
      report(task, seed, share, "per-feature hash", perFeature(vocabulary, share, dim));
      report(task, seed, share, "frequent ids", frequentIds(task, rows));
      for (int lookups : new int[] {1, 2, task.lookups()}) {
        int[] each = new int[task.fields()];
        Arrays.fill(each, lookups);
        EmbeddingScheme scheme = new UnifiedEmbedding((long) rows * lookups, dim, each);
        report(task, seed, share, "multiplexed " + lookups, scheme);
      }
    }
  }

  private static void report(
      BenchmarkTask task, long seed, double share, String name, EmbeddingScheme scheme) {
    long started = System.nanoTime();
    Metrics test = test(task, seed, scheme);
    System.out.printf(
        Locale.ROOT,
        "  %4.1f  %,9d bytes  %-18s  test AUC %.4f  logloss %.4f  %.0f s%n",
        share,
        scheme.rows() * scheme.rowWidth() * 4,
        name,
        test.auc(),
        test.logloss(),
        (System.nanoTime() - started) * 1e-9);
  }

  private static Metrics test(BenchmarkTask task, long seed, EmbeddingScheme scheme) {
    try (CompiledModel compiled = task.compiled(seed, scheme);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      Weights best = task.trained(compiled, seed);
      LearnerTable table =
          new LearnerTable(scheme.rows(), scheme.rowWidth(), 0, compiled.initialRows());
      for (int i = 0; i < best.rows().length; i++) {
        table.put(best.rows()[i], best.values(), i * scheme.rowWidth());
      }
      Tensors tensors = best.tensors();
      LabeledExamples test = task.encoded(task.test());
      return Judge.evaluate(
          test, answer -> Judge.predict(scheme, workspace, table, tensors, test, 4096, answer));
    }
  }

  private static EmbeddingScheme perFeature(List<Set<String>> vocabulary, double share, int dim) {
    int fields = vocabulary.size();
    long[] first = new long[fields + 1];
    for (int f = 0; f < fields; f++) {
      first[f + 1] = first[f] + Math.max(1, Math.round(share * vocabulary.get(f).size()));
    }
    return new RowPerToken(
        fields,
        dim,
        first[fields],
        (field, token) ->
            first[field] + Long.remainderUnsigned(token, first[field + 1] - first[field]));
  }

  private static EmbeddingScheme frequentIds(BenchmarkTask task, int rows) {
    int fields = task.fields();
    Map<Long, Integer> counts = new HashMap<>();
    for (int i : task.train()) {
      for (int f = 0; f < fields; f++) {
        counts.merge(BenchmarkTask.token(f, task.values().get(i)[f]), 1, Integer::sum);
      }
    }
    List<Long> frequent =
        counts.entrySet().stream()
            .sorted(Map.Entry.<Long, Integer>comparingByValue(Comparator.reverseOrder()))
            .limit(rows - fields)
            .map(Map.Entry::getKey)
            .toList();
    Map<Long, Long> rowOf = new HashMap<>();
    for (long token : frequent) {
      rowOf.put(token, (long) fields + rowOf.size());
    }
    return new RowPerToken(
        fields,
        task.model().dim(),
        rows,
        (field, token) -> rowOf.getOrDefault(token, (long) field));
  }

  /** The row of a token. */
  private interface Rows {
    long of(int field, long token);
  }

  /** Each token is one row of D values. */
  private record RowPerToken(int fields, int dim, long rows, Rows row) implements LinearScheme {
    @Override
    public int rowWidth() {
      return dim;
    }

    @Override
    public void gather(EncodedBatch batch, EmbeddingTable table, float[] x) {
      Arrays.fill(x, 0, batch.size() * fields * dim, 0);
      for (int b = 0; b < batch.size(); b++) {
        for (int f = 0; f < fields; f++) {
          for (int t = batch.start(b, f); t < batch.end(b, f); t++) {
            long at = row.of(f, batch.token(t));
            table.addRow(at, batch.weight(t), x, (b * fields + f) * dim);
          }
        }
      }
    }

    @Override
    public void scatter(EncodedBatch batch, float[] dx, RowGradients into) {
      for (int b = 0; b < batch.size(); b++) {
        for (int f = 0; f < fields; f++) {
          for (int t = batch.start(b, f); t < batch.end(b, f); t++) {
            into.add(row.of(f, batch.token(t)), batch.weight(t), dx, (b * fields + f) * dim);
          }
        }
      }
    }

    @Override
    public void lookUp(EncodedBatch batch, Lookups into) {
      into.clear();
      for (int b = 0; b < batch.size(); b++) {
        for (int f = 0; f < fields; f++) {
          int first = batch.start(b, f);
          for (int t = first; t < batch.end(b, f); t++) {
            long at = row.of(f, batch.token(t));
            into.add(at, batch.weight(t), (b * fields + f) * dim, t == first);
          }
          into.endVector();
        }
      }
    }
  }
}
