package io.millrace.world;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.model.CtrModel;
import io.millrace.model.Sigmoid;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The loop without a platform: a learner ranks a world's requests and learns from the labels when
 * they are known, positives at the click and negatives at the end of the window.
 */
final class Learnability {

  /**
   * What came of it.
   *
   * @param ceiling of the true probabilities
   * @param learner progressive: predicted when the label is known
   * @param served predicted when the impression is shown
   * @param laterCeiling of the second half of the examples, as are the next two
   */
  record Result(
      Metrics ceiling,
      Metrics learner,
      Metrics served,
      Metrics laterCeiling,
      Metrics laterLearner,
      Metrics laterServed) {
    double gap() {
      return ceiling.auc() - learner.auc();
    }

    double laterServedGap() {
      return laterCeiling.auc() - laterServed.auc();
    }

    @Override
    public String toString() {
      return ("ctr %.4f; AUC ceiling %.4f learner %.4f gap %.4f served %.4f gap %.4f;"
              + " 2nd half ceiling %.4f learner %.4f gap %.4f served %.4f gap %.4f;"
              + " NE ceiling %.4f learner %.4f; predicted/actual %.3f, 2nd half %.3f")
          .formatted(
              (double) ceiling.positives() / ceiling.examples(),
              ceiling.auc(),
              learner.auc(),
              gap(),
              served.auc(),
              ceiling.auc() - served.auc(),
              laterCeiling.auc(),
              laterLearner.auc(),
              laterCeiling.auc() - laterLearner.auc(),
              laterServed.auc(),
              laterServedGap(),
              ceiling.normalizedEntropy(),
              learner.normalizedEntropy(),
              learner.calibration(),
              laterLearner.calibration());
    }
  }

  private record Waiting(
      long dueMillis, EncodedBatch example, double truth, double servedLogit, boolean clicked) {}

  private Learnability() {}

  static FeatureSchema schema() {
    return BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
  }

  static GenericRecord record(FeatureSchema schema, AdRequest request, Ad ad, String id) {
    Map<String, @Nullable Object> features = new HashMap<>(request.contextFeatures());
    features.putAll(AdRequest.adFeatures(ad));
    features.put("impression_id", id);
    features.put("event_time", request.timeMillis());
    return FeatureRecords.fromMap(schema, features);
  }

  static Result run(WorldConfig world, ModelConfig model, int impressions, int perSecond) {
    FeatureSchema schema = schema();
    AdWorld ads = new AdWorld(world);
    long window = world.attributionWindow().toMillis();
    PriorityQueue<Waiting> waiting =
        new PriorityQueue<>(Comparator.comparingLong(Waiting::dueMillis));
    Evaluation served = new Evaluation();
    Evaluation truth = new Evaluation();
    Evaluation laterServed = new Evaluation();
    Evaluation laterTruth = new Evaluation();
    Evaluation laterLearner = new Evaluation();
    long start = 1_790_000_000_000L;
    try (CompiledModel compiled = CompiledModel.of(model, schema);
        Learner learner = new Learner(compiled, Long.MAX_VALUE);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      float[] probability = new float[1];
      for (int i = 0; i < impressions; i++) {
        long now = start + i * 1000L / perSecond;
        while (!waiting.isEmpty() && waiting.peek().dueMillis() <= now) {
          Waiting w = waiting.remove();
          int label = w.clicked() ? 1 : 0;
          learner.learn(w.example(), new byte[] {(byte) label}, probability);
          truth.addProbability(w.truth(), label);
          served.add(w.servedLogit(), label);
          if (i > impressions / 2) {
            laterLearner.addProbability(probability[0], label);
            laterTruth.addProbability(w.truth(), label);
            laterServed.add(w.servedLogit(), label);
          }
        }
        AdWorld.Opportunity opportunity = ads.next(now);
        AdRequest request = opportunity.request();
        int n = request.candidates().size();
        EncodedBatch batch = new EncodedBatch(compiled.encoder().fields());
        for (Ad ad : request.candidates()) {
          compiled.encoder().encode(record(schema, request, ad, "i" + i), batch);
        }
        float[] x = new float[n * compiled.scheme().fields() * compiled.scheme().dim()];
        float[] logits = new float[n];
        compiled.scheme().gather(batch, learner.table(), x);
        workspace.infer(learner.tensors(), x, n, logits);
        int best = 0;
        for (int c = 1; c < n; c++) {
          if (score(request, logits, c) > score(request, logits, best)) {
            best = c;
          }
        }
        EncodedBatch example = new EncodedBatch(compiled.encoder().fields());
        example.append(batch, best);
        Outcome outcome = ads.show(opportunity, best, now);
        long due = now + window;
        for (Outcome.Consequence consequence : outcome.consequences()) {
          if (consequence instanceof Outcome.Click click) {
            due = click.dueMillis();
          }
        }
        waiting.add(
            new Waiting(due, example, outcome.probability(), logits[best], outcome.clicked()));
      }
      return new Result(
          truth.metrics(),
          learner.total().metrics(),
          served.metrics(),
          laterTruth.metrics(),
          laterLearner.metrics(),
          laterServed.metrics());
    }
  }

  private static double score(AdRequest request, float[] logits, int candidate) {
    return Sigmoid.of(logits[candidate]) * request.candidates().get(candidate).bid();
  }

  /** Arguments: seed, model kind, impressions, JSON overrides of the model's config. */
  public static void main(String[] args) {
    long seed = Long.parseLong(args[0]);
    ModelKind kind = ModelKind.valueOf(args[1].toUpperCase(java.util.Locale.ROOT));
    ModelConfig config = ModelConfig.defaults(kind, "experiment", schema());
    if (args.length > 3) {
      config = config.with(args[3]);
    }
    long began = System.nanoTime();
    Result result = run(WorldConfig.defaults(seed), config, Integer.parseInt(args[2]), 200);
    System.out.printf(
        "seed %d %s %s: %s (%.1f s)%n",
        seed, kind, args.length > 3 ? args[3] : "", result, (System.nanoTime() - began) / 1e9);
  }
}
