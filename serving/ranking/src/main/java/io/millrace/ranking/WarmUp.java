package io.millrace.ranking;

import io.millrace.feature.FeatureSchema;
import io.millrace.feature.SampleFeatures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends made-up requests to each model once it has a version, before the server reports that it is
 * ready. The JVM interprets code until the JIT has compiled it, so without this the first users
 * would wait: the first forward passes of AutoInt take seconds. A copy of the served model answers
 * these requests; none is logged, counted or shown.
 */
public final class WarmUp implements Runnable {

  /**
   * The way that requests take before and after they are ranked: reading, writing, whatever is to
   * be warm too.
   */
  @FunctionalInterface
  public interface RequestPath {
    /** Makes a task that sends the request that way once; it is run many times. */
    Runnable prepare(RankingService rankings, RankRequest request);
  }

  private static final int REQUESTS = 2000;

  /** One request in so many has {@link #CANDIDATES}, the others have one. */
  private static final int LARGE_EVERY = 11;

  private static final int CANDIDATES = 100;
  private static final int DIFFERENT = 5;
  private static final long POLL_MILLIS = 50;
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  private final List<ServedModel> models;
  private final Duration limit;
  private final Function<ServedModels, RankingService> rankings;
  private final RequestPath path;

  /**
   * @param limit no model is asked for longer
   * @param rankings makes what ranks by a copy of a model
   * @param path by which each made-up request goes
   */
  public WarmUp(
      List<ServedModel> models,
      Duration limit,
      Function<ServedModels, RankingService> rankings,
      RequestPath path) {
    this.models = models;
    this.limit = limit;
    this.rankings = rankings;
    this.path = path;
  }

  /** Ends when every model is warm, or when its thread is interrupted. */
  @Override
  public void run() {
    List<ServedModel> cold = new ArrayList<>(models);
    try {
      while (!cold.isEmpty()) {
        for (ServedModel model : List.copyOf(cold)) {
          if (model.source().current().isPresent()) {
            warm(model);
            model.setWarm();
            cold.remove(model);
          }
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      LOG.debug("ended before all models were warm");
    }
  }

  private void warm(ServedModel served) throws InterruptedException {
    long start = System.nanoTime();
    ServedModel copy = served.copy();
    try {
      int asked = ask(copy, start + limit.toNanos());
      LOG.info(
          "model {} is warm: asked {} times in {} ms",
          served.name(),
          asked,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    } catch (RuntimeException e) {
      LOG.warn(
          "model {} is not warmed up, its first answers will be slow: {}",
          served.name(),
          e.toString());
    } finally {
      copy.retire();
    }
  }

  /** Returns how many requests were answered. */
  private int ask(ServedModel model, long end) throws InterruptedException {
    FeatureSchema schema = model.newest().orElseThrow().compiled().schema();
    RankingService ranking = rankings.apply(new ServedModels(List.of(model)));
    Runnable[] large = prepare(ranking, model.name(), schema, CANDIDATES);
    Runnable[] small = prepare(ranking, model.name(), schema, 1);
    int asked = 0;
    while (asked < REQUESTS && System.nanoTime() < end) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      (asked % LARGE_EVERY == 0 ? large : small)[asked % DIFFERENT].run();
      asked++;
    }
    return asked;
  }

  /** Rankings of so many candidates, which share every other feature. */
  private Runnable[] prepare(
      RankingService rankings, String model, FeatureSchema schema, int candidates) {
    Runnable[] tasks = new Runnable[DIFFERENT];
    for (int t = 0; t < DIFFERENT; t++) {
      GivenFeatures context =
          new GivenFeatures("context", everyOther(SampleFeatures.of(schema, t), 0));
      List<Candidates.Candidate> all = new ArrayList<>();
      for (int c = 0; c < candidates; c++) {
        GivenFeatures own =
            new GivenFeatures(
                "candidates[%d].features".formatted(c),
                everyOther(SampleFeatures.of(schema, t + c), 1));
        all.add(new Candidates.Candidate(own, null, 1));
      }
      int k = Math.min(candidates, 10);
      tasks[t] =
          path.prepare(
              rankings,
              new RankRequest(model, new Candidates(context, all), k, false, RequestArms.NONE));
    }
    return tasks;
  }

  private static Map<String, Object> everyOther(Map<String, Object> features, int first) {
    Map<String, Object> some = new HashMap<>();
    int i = first;
    for (Map.Entry<String, Object> feature : features.entrySet()) {
      if (i++ % 2 == 0) {
        some.put(feature.getKey(), feature.getValue());
      }
    }
    return some;
  }
}
