package io.millrace.world;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.ingestion.DelayLaw;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.TruthEvaluation;
import io.millrace.metrics.TruthMetrics;
import io.millrace.model.CtrModel;
import io.millrace.model.Label;
import io.millrace.model.Sigmoid;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The loop without a platform: a learner ranks a world's requests and learns as the clicks come,
 * negatives as late as clicks would be.
 */
final class Learnability {

  /**
   * What came of it, against the true probabilities when the impressions are shown.
   *
   * @param later of the second half of the impressions
   */
  record Result(TruthMetrics whole, TruthMetrics later) {
    double laterServedGap() {
      return later.ceiling() - later.auc();
    }

    @Override
    public String toString() {
      return "AUC %.4f of %.4f, predicted/true %.3f; 2nd half AUC %.4f of %.4f, predicted/true %.3f"
          .formatted(
              whole.auc(),
              whole.ceiling(),
              whole.calibration(),
              later.auc(),
              later.ceiling(),
              later.calibration());
    }
  }

  private record Waiting(long dueMillis, EncodedBatch example, byte label, long delay) {}

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
    DelayLaw law = new DelayLaw(world.attributionWindow());
    SplittableRandom random = new SplittableRandom(world.seed());
    PriorityQueue<Waiting> waiting =
        new PriorityQueue<>(Comparator.comparingLong(Waiting::dueMillis));
    TruthEvaluation whole = new TruthEvaluation();
    TruthEvaluation later = new TruthEvaluation();
    long start = 1_790_000_000_000L;
    try (CompiledModel compiled = CompiledModel.of(model, schema);
        Learner learner = new Learner(compiled, Long.MAX_VALUE);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      float[] probability = new float[1];
      for (int i = 0; i < impressions; i++) {
        long now = start + i * 1000L / perSecond;
        while (!waiting.isEmpty() && waiting.peek().dueMillis() <= now) {
          Waiting w = waiting.remove();
          learner.learn(w.example(), new byte[] {w.label()}, probability);
          if (Label.value(w.label()) == 1) {
            law.onClick(w.delay());
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
        compiled.newFieldVectors().gather(batch, learner.table(), learner.tensors(), x);
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
        long patience = law.delay(random.nextDouble());
        law.onImpression(now);
        long delay = Long.MAX_VALUE;
        for (Outcome.Consequence consequence : outcome.consequences()) {
          if (consequence instanceof Outcome.Click click) {
            delay = click.dueMillis() - now;
          }
        }
        if (patience < delay) {
          waiting.add(new Waiting(now + patience, example, Label.NO, 0));
        }
        if (outcome.clicked()) {
          byte label = patience < delay ? Label.YES_AFTER_NO : Label.YES;
          waiting.add(new Waiting(now + delay, example, label, delay));
        }
        double served = Sigmoid.of(logits[best]);
        whole.add(served, outcome.probability());
        if (i > impressions / 2) {
          later.add(served, outcome.probability());
        }
      }
      return new Result(whole.metrics(), later.metrics());
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
