package io.millrace.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpStatus;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.SampleFeatures;
import io.millrace.schema.SchemaRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends made-up requests to each model once it has a version, before the server reports that it is
 * ready. The JVM interprets code until the JIT has compiled it, so without this the first users
 * would wait: the first forward passes of AutoInt take seconds. A copy of the served model answers
 * these requests; none is logged, counted or shown.
 */
final class WarmUp implements Runnable {
  private static final int REQUESTS = 2000;

  /** One request in so many has {@link #CANDIDATES}, the others have one. */
  private static final int LARGE_EVERY = 11;

  private static final int CANDIDATES = 100;
  private static final int BODIES = 5;
  private static final long POLL_MILLIS = 50;
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<ServedModel> models;
  private final Duration limit;
  private final SchemaRegistry registry;
  private final ImpressionLog impressions;
  private final Clock clock;

  /**
   * @param limit no model is asked for longer
   * @param impressions what a ranking would be logged to
   */
  WarmUp(
      List<ServedModel> models,
      Duration limit,
      SchemaRegistry registry,
      ImpressionLog impressions,
      Clock clock) {
    this.models = models;
    this.limit = limit;
    this.registry = registry;
    this.impressions = impressions;
    this.clock = clock;
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
    ServedModel copy = new ServedModel(served.source(), registry, served.engine());
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
    byte[][] large = bodies(schema, CANDIDATES);
    byte[][] small = bodies(schema, 1);
    RankEndpoint rank =
        new RankEndpoint(
            new ServedModels(List.of(model)), impressions, RequestLimits.defaults(), clock);
    int asked = 0;
    while (asked < REQUESTS && System.nanoTime() < end) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      byte[] body = (asked % LARGE_EVERY == 0 ? large : small)[asked % BODIES];
      var unused =
          JsonAnswers.of(
              HttpStatus.OK, rank.answer(body, Deadline.NONE).toCompletableFuture().join());
      asked++;
    }
    return asked;
  }

  /** Rankings of so many candidates, which share every other feature. */
  private static byte[][] bodies(FeatureSchema schema, int candidates) {
    byte[][] bodies = new byte[BODIES][];
    for (int b = 0; b < BODIES; b++) {
      List<Map<String, Object>> all = new ArrayList<>();
      for (int c = 0; c < candidates; c++) {
        all.add(Map.of("features", everyOther(SampleFeatures.of(schema, b + c), 1)));
      }
      try {
        bodies[b] =
            MAPPER.writeValueAsBytes(
                Map.of(
                    "context",
                    everyOther(SampleFeatures.of(schema, b), 0),
                    "k",
                    Math.min(candidates, 10),
                    "log",
                    false,
                    "candidates",
                    all));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("maps and lists can be written", e);
      }
    }
    return bodies;
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
