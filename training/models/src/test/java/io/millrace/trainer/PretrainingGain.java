package io.millrace.trainer;

import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What T-JEPA's table is worth with 1, 10 and 100 % of the labels: test AUC of a model that starts
 * from random rows and from pre-trained ones, which have seen all training examples without their
 * labels. Arguments: {@code ml1m} or {@code frappe}, the data's folder, seeds.
 */
final class PretrainingGain {
  private static final int[] PARTS = {100, 10, 1};

  private PretrainingGain() {}

  public static void main(String[] args) throws IOException {
    BenchmarkTask task = BenchmarkTask.named(args[0], Path.of(args[1]));
    for (String seed : List.of(args).subList(2, args.length)) {
      run(task, Long.parseLong(seed));
    }
  }

  private static void run(BenchmarkTask task, long seed) {
    ModelConfig config =
        task.model().with("{\"rows\":16777216,\"dim\":16,\"seed\":%d}".formatted(seed));
    try (CompiledModel compiled = CompiledModel.of(config, task.schema())) {
      LabeledExamples unlabelled = task.encoded(task.train());
      PretrainedTable table =
          Pretraining.run(
                  compiled,
                  PretrainingConfig.defaults(),
                  unlabelled,
                  e ->
                      System.out.printf(
                          Locale.ROOT,
                          "  pre-training epoch %d: loss %.4f, unexplained %.3f, rank %.1f%n",
                          e.number(),
                          e.loss(),
                          e.unexplained(),
                          e.spread().effectiveRank()))
              .table();
      for (int part : PARTS) {
        report(task, compiled, seed, part, "random rows", null);
        report(task, compiled, seed, part, "pre-trained, rms .02", table.scaledTo(.02));
        report(task, compiled, seed, part, "pre-trained, rms .1", table.scaledTo(.1));
        report(task, compiled, seed, part, "pre-trained, as is", table);
      }
    }
  }

  private static void report(
      BenchmarkTask task,
      CompiledModel compiled,
      long seed,
      int part,
      String name,
      @Nullable PretrainedTable start) {
    TrainerConfig training = task.training().withSeed(seed);
    Training.Result result =
        Training.run(
            compiled,
            training,
            task.encoded(task.train().subList(0, task.train().size() / part)),
            task.encoded(task.valid()),
            start,
            epoch -> {},
            null,
            false);
    Metrics test = result.model().evaluate(task.encoded(task.test()));
    System.out.printf(
        Locale.ROOT,
        "%s, seed %d, 1/%d of the labels, %-20s: test AUC %.4f, logloss %.4f, epoch %d%n",
        task.model().kind(),
        seed,
        part,
        name,
        test.auc(),
        test.logloss(),
        result.best());
  }
}
