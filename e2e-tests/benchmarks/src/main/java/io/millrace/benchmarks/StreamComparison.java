package io.millrace.benchmarks;

import io.millrace.cli.FeatureSource;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.replay.SourceFile;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vowpalWabbit.learner.VWLearners;
import vowpalWabbit.learner.VWScalarLearner;

/**
 * Millrace's learner and Vowpal Wabbit on the same stream, each predicting an example before it
 * learns from it. Both get their input in memory, Millrace as records that it encodes, Vowpal
 * Wabbit as lines of text that it parses.
 */
@Command(
    name = "stream-comparison",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Millrace's stream defaults and Vowpal Wabbit on the same tokens of a file.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StreamComparison implements Callable<Integer> {
  @Mixin private FeatureSource source;

  @Option(names = "--order-by", description = "Column to sort the file by first.")
  private @Nullable String orderBy;

  @Option(names = "--shuffle", description = "Seed of a random order.")
  private @Nullable Long shuffle;

  @Option(names = "--first", description = "So many examples only.")
  private int first = Integer.MAX_VALUE;

  @Option(names = "--rounds", description = "Medians of so many (default: ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--models",
      split = ",",
      description = "Kinds to run (default: ${DEFAULT-VALUE}).")
  private List<String> models = List.of("deepfm", "fm", "lr");

  @Parameters(paramLabel = "FILE")
  private Path file;

  /** One contestant's pass over the stream. */
  private record Result(String name, Metrics metrics, double seconds) {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new StreamComparison())
        .setExecutionExceptionHandler(
            (error, command, parsed) -> {
              if (error instanceof UserError) {
                command.getErr().println(error.getMessage());
                return 2;
              }
              throw error;
            })
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    LabeledStream stream =
        LabeledStream.read(SourceFile.of(file, source.settings()), orderBy, shuffle, first);
    if (stream.examples().isEmpty()) {
      throw new UserError(file + " has no usable rows, expected at least one");
    }
    List<List<Result>> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<Result> results = new ArrayList<>();
      results.add(wabbit("vw -q ::", "-q ::", stream));
      results.add(wabbit("vw linear", "", stream));
      for (String model : models) {
        results.add(millrace(ModelKind.named(model), stream));
      }
      all.add(results);
    }
    print(all, stream.examples().size());
    return 0;
  }

  private static void print(List<List<Result>> all, int examples) {
    System.out.printf(
        "%-18s%10s%10s%16s%16s%n", "", "AUC", "logloss", "examples/CPU-s", "to vw -q ::");
    double peer = 0;
    for (int i = 0; i < all.get(0).size(); i++) {
      int contestant = i;
      double seconds =
          CpuTime.median(all.stream().mapToDouble(r -> r.get(contestant).seconds).toArray());
      peer = i == 0 ? seconds : peer;
      Result result = all.get(0).get(i);
      System.out.printf(
          Locale.ROOT,
          "%-18s%10.4f%10.5f%,16.0f%16.2f%n",
          result.name,
          result.metrics.auc(),
          result.metrics.logloss(),
          examples / seconds,
          peer / seconds);
    }
  }

  private static Result wabbit(String name, String options, LabeledStream stream)
      throws IOException {
    String all = "--quiet -b 20 --link logistic --loss_function logistic " + options;
    List<LabeledStream.Example> examples = stream.examples();
    Evaluation evaluation = new Evaluation();
    double seconds = 0;
    try (VWScalarLearner learner = VWLearners.create(all)) {
      float[] predictions = new float[examples.size()];
      double start = CpuTime.now();
      for (int i = 0; i < predictions.length; i++) {
        predictions[i] = learner.learn(examples.get(i).line());
      }
      seconds = CpuTime.now() - start;
      for (int i = 0; i < predictions.length; i++) {
        double p = Math.min(Math.max(predictions[i], 1e-7), 1 - 1e-7);
        evaluation.add(Math.log(p / (1 - p)), p, examples.get(i).label());
      }
    }
    return new Result(name, evaluation.metrics(), seconds);
  }

  private static Result millrace(ModelKind kind, LabeledStream stream) {
    ModelConfig config = ModelConfig.defaults(kind, "compared", stream.schema());
    List<LabeledStream.Example> examples = stream.examples();
    int step = config.stepSize();
    byte[] labels = new byte[step];
    float[] probabilities = new float[step];
    try (CompiledModel compiled = CompiledModel.of(config, stream.schema());
        Learner learner = new Learner(compiled, Long.MAX_VALUE)) {
      EncodedBatch batch = compiled.encoder().newBatch();
      double start = CpuTime.now();
      for (int i = 0; i < examples.size(); ) {
        batch.clear();
        for (int b = 0; b < step && i < examples.size(); b++, i++) {
          compiled.encoder().encode(examples.get(i).record(), batch);
          labels[b] = examples.get(i).label();
        }
        learner.learn(batch, labels, probabilities);
      }
      double seconds = CpuTime.now() - start;
      return new Result("millrace " + kind, learner.total().metrics(), seconds);
    }
  }
}
