package io.millrace.benchmarks;

import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import vowpalWabbit.learner.VWLearners;
import vowpalWabbit.learner.VWScalarLearner;

/**
 * Millrace's learner and Vowpal Wabbit on the same stream, each predicting an example before it
 * learns from it. Both get their input in memory, Millrace as records that it encodes, Vowpal
 * Wabbit as lines of text that it parses. Arguments: the file, rounds (default 3), examples
 * (default all).
 */
final class StreamComparison {
  private StreamComparison() {}

  /** One contestant's pass over the stream. */
  private record Result(String name, Metrics metrics, double seconds) {}

  public static void main(String[] args) throws IOException {
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    int most = args.length > 2 ? Integer.parseInt(args[2]) : Integer.MAX_VALUE;
    RatingsStream stream = RatingsStream.read(Path.of(args[0]), most);
    List<List<Result>> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      all.add(
          List.of(
              wabbit("vw -q ::", "-q ::", stream),
              wabbit("vw linear", "", stream),
              millrace(ModelKind.FM, stream),
              millrace(ModelKind.LR, stream)));
    }
    System.out.printf(
        "%-12s%10s%10s%16s%16s%n", "", "AUC", "logloss", "examples/CPU-s", "to vw -q ::");
    double first = 0;
    for (int i = 0; i < all.get(0).size(); i++) {
      int contestant = i;
      double seconds =
          CpuTime.median(all.stream().mapToDouble(r -> r.get(contestant).seconds).toArray());
      first = i == 0 ? seconds : first;
      Result result = all.get(0).get(i);
      System.out.printf(
          Locale.ROOT,
          "%-12s%10.4f%10.4f%,16.0f%16.2f%n",
          result.name,
          result.metrics.auc(),
          result.metrics.logloss(),
          stream.labels().length / seconds,
          first / seconds);
    }
  }

  private static Result wabbit(String name, String options, RatingsStream stream)
      throws IOException {
    String all = "--quiet -b 20 --link logistic --loss_function logistic " + options;
    Evaluation evaluation = new Evaluation();
    double seconds = 0;
    try (VWScalarLearner learner = VWLearners.create(all)) {
      float[] predictions = new float[stream.labels().length];
      double start = CpuTime.now();
      for (int i = 0; i < predictions.length; i++) {
        predictions[i] = learner.learn(stream.lines().get(i));
      }
      seconds = CpuTime.now() - start;
      for (int i = 0; i < predictions.length; i++) {
        double p = Math.min(Math.max(predictions[i], 1e-7), 1 - 1e-7);
        evaluation.add(Math.log(p / (1 - p)), p, stream.labels()[i]);
      }
    }
    return new Result(name, evaluation.metrics(), seconds);
  }

  private static Result millrace(ModelKind kind, RatingsStream stream) {
    ModelConfig config = ModelConfig.defaults(kind, "compared", stream.schema());
    int step = config.stepSize();
    byte[] labels = new byte[step];
    float[] probabilities = new float[step];
    try (CompiledModel compiled = CompiledModel.of(config, stream.schema());
        Learner learner = new Learner(compiled, Long.MAX_VALUE)) {
      EncodedBatch batch = compiled.encoder().newBatch();
      double start = CpuTime.now();
      for (int i = 0; i < stream.labels().length; ) {
        batch.clear();
        for (int b = 0; b < step && i < stream.labels().length; b++, i++) {
          compiled.encoder().encode(stream.records().get(i), batch);
          labels[b] = stream.labels()[i];
        }
        learner.learn(batch, labels, probabilities);
      }
      double seconds = CpuTime.now() - start;
      return new Result("millrace " + kind, learner.total().metrics(), seconds);
    }
  }
}
