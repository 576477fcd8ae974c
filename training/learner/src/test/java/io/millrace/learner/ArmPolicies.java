package io.millrace.learner;

import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.Label;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;

/**
 * What an experiment between two arms that learn says of their difference, by what their models
 * learn from (the policies of {@code docs/guides/experiments.md}), where the true difference is
 * known: that of two worlds, one with each arm alone. Prints a CSV.
 *
 * <p>The market: users of four segments, items of four categories; a click's logit is the sum of
 * item, category and a taste of the segment for a category that the models, lr without crosses,
 * cannot express. So what a model comes to depends on what was shown. Both arms rank eight
 * candidates by their model's logit; the treatment adds a boost to one category for each segment.
 * An experiment begins with clones of one model that has learned the control arm's impressions.
 *
 * <pre>
 * io.millrace.learner.ArmPolicies [RUNS 200] [RANKINGS 20000] [BOOST 1]
 * </pre>
 *
 * <p>Columns: the difference of the click rates of worlds with one arm each; the experiments' mean
 * estimate; its distance to that, with a standard error, and to worlds whose models learn from half
 * of the rankings, as an arm's own do; the estimates' standard deviation; of experiments between
 * equal arms, how many a test at 5 % calls different; clicks per ranking in the experiments.
 */
public final class ArmPolicies {
  private static final int SEGMENTS = 4;
  private static final int ITEMS = 60;
  private static final int CANDIDATES = 8;
  private static final int BEFORE = 4000; // rankings of the control arm alone

  private static final String CATEGORY = "{'kind':'categorical'}";
  private static final FeatureSchema SCHEMA =
      TestSchemas.of("segment", CATEGORY, "category", CATEGORY, "item", CATEGORY);

  /**
   * What the arms' models learn from. {@code EXACT} is {@code WEIGHTED} with the arm's true share
   * of each segment and category, counted, in the place of {@link ArmOdds}.
   */
  enum Policy {
    SHARED,
    OWN,
    WEIGHTED,
    EXACT,
    FROZEN
  }

  private ArmPolicies() {}

  /** Runs it. */
  public static void main(String[] args) {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 200;
    int rankings = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
    double boost = args.length > 2 ? Double.parseDouble(args[2]) : 1;
    double[] effects = effects(runs, rankings, boost, 1);
    double[] ofHalf = effects(runs, rankings, boost, 2);
    double effect = mean(effects);
    System.out.println(
        "policy,true_effect,estimate,bias,bias_se,bias_to_half,sd,false_positives_aa,clicks");
    for (Policy policy : Policy.values()) {
      double[][] found =
          IntStream.range(0, runs)
              .parallel()
              .mapToObj(run -> new Market(run, boost).experiment(policy, rankings))
              .toArray(double[][]::new);
      double[][] same =
          IntStream.range(0, runs)
              .parallel()
              .mapToObj(run -> new Market(run, 0).experiment(policy, rankings))
              .toArray(double[][]::new);
      double[] estimates = Arrays.stream(found).mapToDouble(f -> f[0]).toArray();
      double[] off = new double[runs];
      for (int i = 0; i < runs; i++) {
        off[i] = estimates[i] - effects[i];
      }
      long alarms = Arrays.stream(same).filter(f -> Math.abs(f[1]) > 1.959964).count();
      System.out.printf(
          Locale.ROOT,
          "%s,%.5f,%.5f,%.5f,%.5f,%.5f,%.5f,%.3f,%.4f%n",
          policy.name().toLowerCase(Locale.ROOT),
          effect,
          mean(estimates),
          mean(off),
          sd(off) / Math.sqrt(runs),
          mean(estimates) - mean(ofHalf),
          sd(estimates),
          (double) alarms / runs,
          mean(Arrays.stream(found).mapToDouble(f -> f[2]).toArray()));
    }
  }

  /** Differences of worlds with one arm each, whose models learn from one ranking in so many. */
  private static double[] effects(int runs, int rankings, double boost, int oneIn) {
    return IntStream.range(0, runs)
        .parallel()
        .mapToDouble(
            run ->
                new Market(run, boost).alone(true, rankings, oneIn)
                    - new Market(run, boost).alone(false, rankings, oneIn))
        .toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  private static double sd(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }

  /** One world, its tastes drawn by a seed. */
  private static final class Market {
    private final CompiledModel compiled;
    private final EncodedBatch shown; // [segment, item]
    private final double[] truth = new double[SEGMENTS * ITEMS]; // logits
    private final double boost;
    private final SplittableRandom random;
    private final EncodedBatch candidates;
    private final EncodedBatch one;
    private final float[] probabilities = new float[CANDIDATES];
    private final byte[] labels = new byte[CANDIDATES];
    private final float[] importance = new float[1];

    Market(int seed, double boost) {
      ModelConfig config = ModelConfig.defaults(ModelKind.LR, "lr", SCHEMA);
      this.compiled = CompiledModel.of(config.with("{\"rows\":4096}"), SCHEMA);
      this.boost = boost;
      this.random = new SplittableRandom(seed);
      this.candidates = compiled.encoder().newBatch();
      this.one = compiled.encoder().newBatch();
      this.shown = compiled.encoder().newBatch();
      SplittableRandom world = new SplittableRandom(7);
      double[] quality = world.doubles(ITEMS, -0.5, 0.5).toArray();
      double[] taste = world.doubles(SEGMENTS * SEGMENTS, -1.5, 1.5).toArray();
      Schema avro = SCHEMA.avro();
      for (int s = 0; s < SEGMENTS; s++) {
        for (int i = 0; i < ITEMS; i++) {
          int category = i % SEGMENTS;
          GenericRecord record =
              new GenericRecordBuilder(avro)
                  .set("segment", "s" + s)
                  .set("category", "c" + category)
                  .set("item", "i" + i)
                  .build();
          compiled.encoder().encode(record, shown);
          truth[s * ITEMS + i] = -2 + quality[i] + taste[s * SEGMENTS + category];
        }
      }
    }

    /** The rate of clicks in a world with one arm, after what was before. */
    double alone(boolean treated, int rankings, int oneIn) {
      try (Learner learner = new Learner(compiled, Long.MAX_VALUE)) {
        run(learner, false, BEFORE, 1);
        return run(learner, treated, rankings, oneIn) / (double) rankings;
      }
    }

    private int run(Learner learner, boolean treated, int rankings, int oneIn) {
      int clicks = 0;
      for (int i = 0; i < rankings; i++) {
        int pick = rank(learner, treated);
        byte label = click(pick);
        clicks += label;
        if (i % oneIn == 0) {
          learn(learner, pick, label, 1);
        }
      }
      return clicks;
    }

    /** Difference of the arms, its z statistic, the rate of clicks of both. */
    double[] experiment(Policy policy, int rankings) {
      try (Learner control = new Learner(compiled, Long.MAX_VALUE);
          Learner treatment = new Learner(compiled, Long.MAX_VALUE)) {
        for (int i = 0; i < BEFORE; i++) {
          int pick = rank(control, false);
          byte label = click(pick);
          learn(control, pick, label, 1);
          learn(treatment, pick, label, 1);
        }
        ArmOdds[] odds = {new ArmOdds(), new ArmOdds()};
        Learner[] learners = {control, treatment};
        int[] clicks = new int[2];
        int[] units = new int[2];
        double[][] cells = new double[2][SEGMENTS * SEGMENTS];
        for (int i = 0; i < rankings; i++) {
          int arm = random.nextInt(2);
          int pick = rank(learners[arm], arm == 1);
          byte label = click(pick);
          clicks[arm] += label;
          units[arm]++;
          int cell = pick / ITEMS * SEGMENTS + pick % ITEMS % SEGMENTS;
          cells[arm][cell]++;
          for (int a = 0; a < 2; a++) {
            float times =
                switch (policy) {
                  case SHARED -> 1;
                  case OWN -> a == arm ? 1 : 0;
                  case WEIGHTED -> odds[a].weigh(shown, pick, a == arm);
                  case EXACT ->
                      (float)
                          (cells[a][cell]
                              / (cells[0][cell] + cells[1][cell])
                              * (i + 1.0)
                              / Math.max(1, units[a]));
                  case FROZEN -> 0;
                };
            if (times > 0) {
              learn(learners[a], pick, label, times);
            }
          }
        }
        double p0 = (double) clicks[0] / units[0];
        double p1 = (double) clicks[1] / units[1];
        double variance = p0 * (1 - p0) / units[0] + p1 * (1 - p1) / units[1];
        return new double[] {
          p1 - p0, (p1 - p0) / Math.sqrt(variance), (clicks[0] + clicks[1]) / (double) rankings
        };
      }
    }

    private byte click(int pick) {
      double p = 1 / (1 + Math.exp(-truth[pick]));
      return random.nextDouble() < p ? Label.YES : Label.NO;
    }

    private void learn(Learner learner, int pick, byte label, float times) {
      one.clear();
      one.append(shown, pick);
      labels[0] = label;
      importance[0] = times;
      learner.learn(one, labels, importance, probabilities);
    }

    private int rank(Learner learner, boolean treated) {
      int segment = random.nextInt(SEGMENTS);
      int[] picks = new int[CANDIDATES];
      candidates.clear();
      for (int c = 0; c < CANDIDATES; c++) {
        picks[c] = segment * ITEMS + random.nextInt(ITEMS);
        candidates.append(shown, picks[c]);
      }
      learner.predict(candidates, labels, probabilities);
      int best = -1;
      double highest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < CANDIDATES; c++) {
        double p = probabilities[c];
        double score = Math.log(p / (1 - p));
        if (treated && picks[c] % ITEMS % SEGMENTS == (segment + 1) % SEGMENTS) {
          score += boost;
        }
        if (score > highest) {
          highest = score;
          best = picks[c];
        }
      }
      return best;
    }
  }
}
