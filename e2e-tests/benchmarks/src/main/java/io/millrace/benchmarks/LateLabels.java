package io.millrace.benchmarks;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.ingestion.DelayLaw;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.TruthEvaluation;
import io.millrace.model.CtrModel;
import io.millrace.model.Label;
import io.millrace.model.Sigmoid;
import io.millrace.world.AdRequest;
import io.millrace.world.AdWorld;
import io.millrace.world.Outcome;
import io.millrace.world.WorldConfig;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Ways to learn from clicks that come late, on the same simulated stream, whose click probabilities
 * are known: what each way serves when an impression is made, in cohorts by time. The stream is
 * ranked by the learner that knows labels at once, so that all see the same one.
 */
@Command(
    name = "late-labels",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Ways to learn from clicks that come late, in a world with known probabilities.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LateLabels implements Callable<Integer> {
  private static final long START = 1_790_000_000_000L;

  /** When an impression is learned, and with which label. */
  enum Method {
    /** With the right label at once: cannot be had. */
    ORACLE,
    /** As the oracle, until an hour has passed. */
    FROZEN,
    /** When the window ends, with its label. */
    WINDOW_END,
    /** A click when it comes, its absence when the window ends. */
    ON_CLICK,
    /** As not clicked at once; a click is another example, clicked. */
    TWICE,
    /** As {@link #TWICE}, and p / (1 − p) is served (FNC, Ktena et al. 2019). */
    CALIBRATED,
    /** As not clicked at once; a click corrects it. */
    CORRECTED,
    /** As not clicked after a delay by the clicks' law; a click is learned or corrects it. */
    MATCHED,
    /** As {@link #TWICE}, with weights (FNW, Ktena et al. 2019). */
    FNW,
    /** As not clicked after a wait, a later click is another example; with weights (ES-DFM). */
    ES_DFM,
    /** As {@link #ES_DFM}; the absence of a click is another example too (DEFER). */
    DEFER,
    /** As {@link #ES_DFM}, where what waited is also learned as a click by its odds (DEFUSE). */
    DEFUSE,
    /**
     * After a wait within which half of all clicks come: a click counts as many times as there are
     * clicks for one by then, and less often as the others come.
     */
    AHEAD
  }

  @Option(names = "--seed", description = "Of the world (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(names = "--model", description = "Kind (default: ${DEFAULT-VALUE}).")
  private String kind = "fm";

  @Option(names = "--window", description = "Seconds (default: ${DEFAULT-VALUE}).")
  private int windowSeconds = 600;

  @Option(names = "--click-rate", description = "About so many (default: ${DEFAULT-VALUE}).")
  private double clickRate = 0.03;

  @Option(names = "--hours", description = "Simulated (default: ${DEFAULT-VALUE}).")
  private double hours = 3;

  @Option(names = "--rate", description = "Impressions a second (default: ${DEFAULT-VALUE}).")
  private int rate = 200;

  @Option(names = "--delays", description = "lognormal, or exponential with a mean of W/10.")
  private String delays = "lognormal";

  @Option(names = "--csv", description = "Appends each cohort's figures to a file.")
  private @Nullable Path csv;

  @Option(names = "--methods", split = ",", description = "Which (default: all).")
  private List<String> names = List.of();

  private record Shown(
      GenericRecord features, double truth, boolean clicked, long time, double u) {}

  private record Due(long time, long order, Runnable what) {}

  private static final class Cohort {
    final Evaluation served = new Evaluation();
    final TruthEvaluation truth = new TruthEvaluation();
    double predicted;
  }

  /** One method and its learner. */
  private final class Arm implements AutoCloseable {
    final Method method;
    final CompiledModel compiled;
    final Learner learner;
    final CtrModel.Workspace workspace;
    final EncodedBatch one;
    final Map<Integer, Cohort> cohorts = new LinkedHashMap<>();
    final float[] probability = new float[1];

    /** Draws how often an example is learned, which stands for its weight. */
    final SplittableRandom draws = new SplittableRandom(7);

    Arm(Method method, ModelConfig config, FeatureSchema schema) {
      this.method = method;
      this.compiled = CompiledModel.of(config, schema);
      this.learner = new Learner(compiled, Long.MAX_VALUE);
      this.workspace = compiled.model().newWorkspace();
      this.one = new EncodedBatch(compiled.encoder().fields());
    }

    double predict(GenericRecord features) {
      one.clear();
      compiled.encoder().encode(features, one);
      float[] x = new float[compiled.scheme().fields() * compiled.scheme().dim()];
      float[] logit = new float[1];
      compiled.newFieldVectors().gather(one, learner.table(), learner.tensors(), x);
      workspace.infer(learner.tensors(), x, null, 1, logit);
      return method == Method.CALIBRATED ? calibrated(logit[0]) : logit[0];
    }

    /** The logit of b / (1 − b), b below ½. */
    private double calibrated(double logit) {
      double b = Math.min(Sigmoid.of(logit), 0.499);
      return Sigmoid.inverse(b / (1 - b));
    }

    void learn(Shown shown, byte label) {
      one.clear();
      compiled.encoder().encode(shown.features(), one);
      learner.learn(one, new byte[] {label}, probability);
    }

    /** Learns it so many times; a part of a time by its odds. */
    void learn(Shown shown, byte label, double weight) {
      int times = (int) (weight + draws.nextDouble());
      for (int i = 0; i < times; i++) {
        learn(shown, label);
      }
    }

    double probability(Shown shown) {
      return Sigmoid.of(predict(shown.features()));
    }

    @Override
    public void close() {
      learner.close();
    }
  }

  /** What ES-DFM, DEFER and DEFUSE ask beside the model; learned when windows are over. */
  private final class Waiting implements AutoCloseable {
    /** Of a click after the wait. */
    final Arm delayed;

    /** Of no click, where none has come within the wait. */
    final Arm none;

    Waiting(ModelConfig config, FeatureSchema schema) {
      delayed = new Arm(Method.ORACLE, config, schema);
      none = new Arm(Method.ORACLE, config.with("{\"prior\":0.98}"), schema);
    }

    void learn(Shown shown, boolean within) {
      delayed.learn(shown, shown.clicked() && !within ? Label.YES : Label.NO);
      if (!shown.clicked() || !within) {
        none.learn(shown, shown.clicked() ? Label.NO : Label.YES);
      }
    }

    @Override
    public void close() {
      delayed.close();
      none.close();
    }
  }

  private @Nullable Waiting waiting;
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::time).thenComparingLong(Due::order));
  private long order;

  private void at(long time, Runnable what) {
    queue.add(new Due(time, order++, what));
  }

  @Override
  public Integer call() throws Exception {
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
    ModelConfig config =
        ModelConfig.defaults(ModelKind.named(kind), "late", schema)
            .with("{\"prior\":" + ModelConfig.FEW_CLICKS + "}");
    long window = windowSeconds * 1000L;
    WorldConfig worldConfig = WorldConfig.defaults(seed).with(clickRate, Duration.ofMillis(window));
    AdWorld world = new AdWorld(worldConfig);
    DelayLaw law = new DelayLaw(Duration.ofMillis(window));
    SplittableRandom random = new SplittableRandom(seed);
    List<Arm> arms = new ArrayList<>();
    for (Method method : Method.values()) {
      if (names.isEmpty()
          || method == Method.ORACLE
          || names.contains(method.name().toLowerCase(Locale.ROOT))) {
        arms.add(new Arm(method, config, schema));
      }
    }
    if (arms.stream().anyMatch(arm -> arm.method.compareTo(Method.FNW) > 0)) {
      waiting = new Waiting(config, schema);
    }
    Map<Integer, Evaluation> ceilings = new HashMap<>();
    Map<Integer, double[]> rates = new HashMap<>();
    long n = (long) (hours * 3600 * rate);
    for (long i = 0; i < n; i++) {
      long now = START + i * 1000 / rate;
      while (!queue.isEmpty() && queue.peek().time() <= now) {
        queue.remove().what().run();
      }
      AdWorld.Opportunity opportunity = world.next(now);
      AdRequest request = opportunity.request();
      int best = choose(arms.get(0), request, schema, now);
      Outcome outcome = world.show(opportunity, best, now);
      long delay = delay(outcome, now, window, random);
      Shown shown =
          new Shown(
              record(request, best, schema, now),
              outcome.probability(),
              outcome.clicked(),
              now,
              random.nextDouble());
      int minute = (int) ((now - START) / 60_000);
      int y = outcome.clicked() ? 1 : 0;
      for (int cohort : cohorts(minute)) {
        ceilings.computeIfAbsent(cohort, c -> new Evaluation()).addProbability(shown.truth(), y);
        rates.computeIfAbsent(cohort, c -> new double[2])[0] += shown.truth();
        rates.get(cohort)[1] += y;
      }
      long matched = now + law.delay(shown.u());
      long wait = law.delay(0.5);
      law.onImpression(now);
      Waiting asked = waiting;
      if (asked != null) {
        at(now + window, () -> asked.learn(shown, delay <= wait));
      }
      if (outcome.clicked()) {
        at(now + delay, () -> law.onClick(delay));
      }
      for (Arm arm : arms) {
        double logit = arm.predict(shown.features());
        for (int cohort : cohorts(minute)) {
          Cohort figures = arm.cohorts.computeIfAbsent(cohort, c -> new Cohort());
          figures.served.add(logit, y);
          figures.truth.add(Sigmoid.of(logit), shown.truth());
          figures.predicted += Sigmoid.of(logit);
        }
        if (arm.method.compareTo(Method.FNW) < 0) {
          schedule(arm, shown, now, delay, matched, window);
        } else {
          weigh(arm, shown, delay, wait, law);
        }
      }
    }
    report(arms, ceilings, rates);
    arms.forEach(Arm::close);
    return 0;
  }

  private void schedule(Arm arm, Shown shown, long now, long delay, long matched, long window) {
    boolean clicked = shown.clicked();
    byte label = clicked ? Label.YES : Label.NO;
    switch (arm.method) {
      case ORACLE -> arm.learn(shown, label);
      case FROZEN -> {
        if (now < START + 3_600_000) {
          arm.learn(shown, label);
        }
      }
      case WINDOW_END -> at(now + window, () -> arm.learn(shown, label));
      case ON_CLICK -> at(clicked ? now + delay : now + window, () -> arm.learn(shown, label));
      case TWICE, CALIBRATED, CORRECTED -> {
        arm.learn(shown, Label.NO);
        if (clicked) {
          byte later = arm.method == Method.CORRECTED ? Label.YES_AFTER_NO : Label.YES;
          at(now + delay, () -> arm.learn(shown, later));
        }
      }
      case MATCHED -> {
        if (clicked && now + delay <= matched) {
          at(now + delay, () -> arm.learn(shown, Label.YES));
        } else {
          at(matched, () -> arm.learn(shown, Label.NO));
          if (clicked) {
            at(now + delay, () -> arm.learn(shown, Label.YES_AFTER_NO));
          }
        }
      }
      default -> throw new IllegalArgumentException(arm.method + ", expected one without weights");
    }
  }

  /** Schedules the methods with weights; their formulas take the model's own p as it is then. */
  private void weigh(Arm arm, Shown shown, long delay, long wait, DelayLaw law) {
    long now = shown.time();
    long window = windowSeconds * 1000L;
    boolean clicked = shown.clicked();
    boolean within = clicked && delay <= wait;
    if (arm.method == Method.FNW) {
      double p = arm.probability(shown);
      arm.learn(shown, Label.NO, (1 - p) * (1 + p));
      if (clicked) {
        at(now + delay, () -> arm.learn(shown, Label.YES, 1 + arm.probability(shown)));
      }
      return;
    }
    if (arm.method == Method.AHEAD) {
      at(now + wait, () -> ahead(arm, shown, delay, wait, law));
      return;
    }
    Waiting asked = Objects.requireNonNull(waiting);
    if (!within) {
      at(
          now + wait,
          () -> {
            double late = asked.delayed.probability(shown);
            double none = asked.none.probability(shown);
            if (arm.method == Method.DEFER) {
              arm.learn(shown, Label.NO, deferred(arm.probability(shown), late, false));
            } else if (arm.method == Method.DEFUSE) {
              arm.learn(shown, Label.YES, (1 - none) * late);
              arm.learn(shown, Label.NO, none * (1 + late));
            } else {
              arm.learn(shown, Label.NO, (1 + late) * none);
            }
          });
    }
    if (clicked) {
      at(
          now + delay,
          () -> {
            double late = asked.delayed.probability(shown);
            double weight = 1 + late;
            if (arm.method == Method.DEFER) {
              weight = deferred(arm.probability(shown), late, true);
            } else if (arm.method == Method.DEFUSE && !within) {
              weight = 1;
            }
            arm.learn(shown, Label.YES, weight);
          });
    } else if (arm.method == Method.DEFER) {
      at(
          now + window,
          () -> {
            double late = asked.delayed.probability(shown);
            arm.learn(shown, Label.NO, deferred(arm.probability(shown), late, false));
          });
    }
  }

  /** DEFER's weights with a wait. */
  private static double deferred(double p, double late, boolean clicked) {
    double events = p + late + 2 * (1 - p);
    return clicked ? events : events * (1 - p) / (2 * (1 - p) + late);
  }

  private void ahead(Arm arm, Shown shown, long delay, long wait, DelayLaw law) {
    boolean within = shown.clicked() && delay <= wait;
    arm.learn(shown, within ? Label.YES : Label.NO);
    double share = law.share(wait);
    if (within) {
      int more = (int) (1 / share - 1 + arm.draws.nextDouble());
      for (int i = 0; i < more; i++) {
        arm.learn(shown, Label.YES_AFTER_NO);
        double u = share + (1 - share) * arm.draws.nextDouble();
        at(shown.time() + law.delay(u), () -> arm.learn(shown, Label.NO_AFTER_YES));
      }
    } else if (shown.clicked()) {
      at(shown.time() + delay, () -> arm.learn(shown, Label.YES_AFTER_NO));
    }
  }

  /** Cohorts of ten minutes, and below zero the first ten minutes one by one. */
  private static int[] cohorts(int minute) {
    return minute < 10 ? new int[] {minute / 10, minute - 10} : new int[] {minute / 10};
  }

  private long delay(Outcome outcome, long now, long window, SplittableRandom random) {
    for (Outcome.Consequence consequence : outcome.consequences()) {
      if (consequence instanceof Outcome.Click click) {
        if (delays.equals("exponential")) {
          double drawn = -window / 10.0 * Math.log1p(-random.nextDouble());
          return 1 + (long) Math.min(drawn, window - 2.0);
        }
        return click.dueMillis() - now;
      }
    }
    return 0;
  }

  private static int choose(Arm arm, AdRequest request, FeatureSchema schema, long now) {
    int n = request.candidates().size();
    EncodedBatch batch = new EncodedBatch(arm.compiled.encoder().fields());
    for (int c = 0; c < n; c++) {
      arm.compiled.encoder().encode(record(request, c, schema, now), batch);
    }
    float[] x = new float[n * arm.compiled.scheme().fields() * arm.compiled.scheme().dim()];
    float[] logits = new float[n];
    arm.compiled.newFieldVectors().gather(batch, arm.learner.table(), arm.learner.tensors(), x);
    arm.workspace.infer(arm.learner.tensors(), x, null, n, logits);
    int best = 0;
    double most = -1;
    for (int c = 0; c < n; c++) {
      double value = Sigmoid.of(logits[c]) * request.candidates().get(c).bid();
      if (value > most) {
        most = value;
        best = c;
      }
    }
    return best;
  }

  private static GenericRecord record(
      AdRequest request, int candidate, FeatureSchema schema, long now) {
    Map<String, Object> features = new HashMap<>(request.contextFeatures());
    features.putAll(AdRequest.adFeatures(request.candidates().get(candidate)));
    features.put("impression_id", "i");
    features.put("event_time", now);
    return FeatureRecords.fromMap(schema, features);
  }

  private void report(
      List<Arm> arms, Map<Integer, Evaluation> ceilings, Map<Integer, double[]> rates)
      throws Exception {
    PrintStream out = System.out;
    StringBuilder lines = new StringBuilder();
    for (Arm arm : arms) {
      String method = arm.method.name().toLowerCase(Locale.ROOT);
      out.printf("%n%s%n cohort  ctr    auc   ceiling logloss  kl      predicted/true%n", method);
      for (Map.Entry<Integer, Cohort> entry : arm.cohorts.entrySet()) {
        int c = entry.getKey();
        Cohort cohort = entry.getValue();
        double[] rate = Objects.requireNonNull(rates.get(c));
        Evaluation ceiling = Objects.requireNonNull(ceilings.get(c));
        double ratio = cohort.predicted / rate[0];
        double kl = cohort.truth.metrics().divergence();
        out.printf(
            "%6s  %.4f %.4f %.4f  %.5f %.5f %.3f%n",
            c < 0 ? "min " + (c + 10) : "" + c * 10,
            rate[0] / cohort.served.examples(),
            cohort.served.auc(),
            ceiling.auc(),
            cohort.served.logloss(),
            kl,
            ratio);
        lines.append(
            String.format(
                Locale.ROOT,
                "%d,%s,%d,%s,%s,%d,%.5f,%.5f,%.5f,%.6f,%.6f,%.4f%n",
                seed,
                kind,
                windowSeconds,
                delays,
                method,
                c,
                rate[0] / cohort.served.examples(),
                cohort.served.auc(),
                ceiling.auc(),
                cohort.served.logloss(),
                kl,
                ratio));
      }
    }
    if (csv != null) {
      String header =
          "seed,model,window_s,delays,method,cohort,ctr,auc,ceiling,logloss,kl,predicted_true\n";
      String before = Files.exists(csv) ? Files.readString(csv, StandardCharsets.UTF_8) : header;
      Files.writeString(csv, before + lines, StandardCharsets.UTF_8);
    }
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new LateLabels()).execute(args));
  }
}
