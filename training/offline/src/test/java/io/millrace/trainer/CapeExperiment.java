package io.millrace.trainer;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.Metrics;
import io.millrace.metrics.TruthEvaluation;
import io.millrace.metrics.TruthMetrics;
import io.millrace.model.Engine;
import io.millrace.model.Sigmoid;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import io.millrace.trainer.CapeConfig.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/**
 * What CaPE gains where the true probabilities are known: 30 numbers an example, of which a hidden
 * direction decides the probability, 4,000 examples to learn from and a perceptron of 256 and 256
 * units; beside it the control that goes on for as many epochs on labels. {@code main} prints a
 * table of means over seeds (argument, 8 by default); docs/research/cape.md has the command.
 */
final class CapeExperiment {
  private static final int FIELDS = 30;
  private static final int TRAIN = 4_000;
  private static final int VALID = 2_000;
  private static final int TEST = 20_000;

  private CapeExperiment() {}

  /** How the probability follows from a place z in [0, 1), after the authors' generators. */
  enum Truth {
    UNIFORM,
    DISCRETE;

    double probability(double z) {
      return this == UNIFORM ? z : 0.1 + 0.2 * Math.min(4, Math.floor(5 * z));
    }
  }

  /** A model's scores on test examples, against labels and against the truth. */
  record Score(Metrics labels, TruthMetrics truth) {}

  /** Examples with the probabilities that their labels were drawn from. */
  private record Sample(LabeledExamples examples, double[] truth) {}

  private static Sample sample(Truth truth, int size, SplittableRandom random) {
    LabeledExamples examples = new LabeledExamples(FIELDS);
    double[] probabilities = new double[size];
    for (int i = 0; i < size; i++) {
      var example = examples.next().append();
      double direction = 0;
      for (int f = 0; f < FIELDS; f++) {
        double x = random.nextGaussian();
        direction += x * (f % 2 == 0 ? 1 : -1) / Math.sqrt(FIELDS);
        example.add(1_000L + f, (float) x);
        example.endField();
      }
      example.commit();
      // the logistic function nearest to the normal distribution's: z is nearly uniform
      probabilities[i] = truth.probability(Sigmoid.of(1.702 * direction));
      examples.add(random.nextDouble() < probabilities[i] ? 1 : 0);
    }
    return new Sample(examples, probabilities);
  }

  private static FeatureSchema schema() {
    String fields =
        IntStream.range(0, FIELDS)
            .mapToObj(
                f -> "{'name':'f%d','type':'string','feature':{'kind':'categorical'}}".formatted(f))
            .collect(Collectors.joining(","));
    String json =
        "{'type':'record','name':'Numbers','namespace':'test',"
            + "'millrace':{'table':{'rows':65536,'dim':4}},'fields':[%s]}".formatted(fields);
    return FeatureSchema.parse(new Schema.Parser().parse(json.replace('\'', '"')));
  }

  /** Trains on the same examples with each kind of targets. */
  static List<Score> scores(Truth truth, long seed, List<CapeConfig> capes) {
    FeatureSchema schema = schema();
    String adam =
        "{\"rule\":\"adam\",\"learningRate\":0.001,\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1e-8}";
    ModelConfig model =
        ModelConfig.defaults(ModelKind.MLP, "experiment", schema)
            .with(
                ("{\"seed\":%d,\"initScale\":0.5,\"rowOptimizer\":%s,\"denseOptimizer\":%s,"
                        + "\"architecture\":{\"hidden\":{\"widths\":[256,256]}}}")
                    .formatted(seed, adam, adam));
    SplittableRandom random = new SplittableRandom(seed);
    Sample train = sample(truth, TRAIN, random);
    Sample valid = sample(truth, VALID, random);
    Sample test = sample(truth, TEST, random);
    List<Score> scores = new ArrayList<>();
    try (CompiledModel compiled = CompiledModel.of(model, schema)) {
      for (CapeConfig cape : capes) {
        TrainerConfig config =
            TestConfigs.byAuc(
                128, 40, 1, 1, 3, 0, TrainerConfig.L2Scope.TABLE, 0, 0, 0, cape, seed);
        TrainedModel trained =
            Training.run(compiled, config, train.examples(), valid.examples(), epoch -> {}).model();
        TruthEvaluation against = new TruthEvaluation();
        trained.predict(
            test.examples(),
            Engine.KERNELS,
            (example, logit) -> against.add(Sigmoid.of(logit), test.truth()[example]));
        scores.add(new Score(trained.evaluate(test.examples()), against.metrics()));
      }
    }
    return scores;
  }

  /** Bins and pace of the authors' script, a tenth of the rate. */
  static CapeConfig cape(Kind kind) {
    return new CapeConfig(kind, 15, 3, 0.1, 5, 0.05, 100);
  }

  public static void main(String[] args) {
    int seeds = args.length == 0 ? 8 : Integer.parseInt(args[0]);
    List<CapeConfig> capes = List.of(Kind.values()).stream().map(CapeExperiment::cape).toList();
    for (Truth truth : Truth.values()) {
      List<List<Score>> all =
          IntStream.rangeClosed(1, seeds).mapToObj(seed -> scores(truth, seed, capes)).toList();
      for (int c = 0; c < capes.size(); c++) {
        int at = c;
        System.out.printf(
            Locale.ROOT,
            "%-8s %-6s MSE %.5f KL %.5f logloss %.5f Brier %.5f ECE %.5f KS %.5f AUC %.5f,"
                + " MSE below the control's in %d of %d%n",
            truth,
            capes.get(c).kind(),
            mean(all, at, s -> s.truth().meanSquaredError()),
            mean(all, at, s -> s.truth().divergence()),
            mean(all, at, s -> s.labels().logloss()),
            mean(all, at, s -> s.labels().brier()),
            mean(all, at, s -> s.labels().ece()),
            mean(all, at, s -> s.labels().ks()),
            mean(all, at, s -> s.labels().auc()),
            all.stream()
                .filter(
                    scores ->
                        scores.get(at).truth().meanSquaredError()
                            < scores.get(Kind.LABELS.ordinal()).truth().meanSquaredError())
                .count(),
            seeds);
      }
    }
  }

  private static double mean(
      List<List<Score>> all, int at, java.util.function.ToDoubleFunction<Score> value) {
    return all.stream()
        .mapToDouble(scores -> value.applyAsDouble(scores.get(at)))
        .average()
        .orElseThrow();
  }
}
