package io.millrace.serving;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.learner.ModelKind;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Measures POST /v1/rank from the client's side over loopback: 50 candidates, fm of dimension 16,
 * one broker in the same JVM. Arguments: seconds per case (default 5), client threads (default 1).
 */
final class RankLatency {
  private RankLatency() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    int threads = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    Path directory = Files.createTempDirectory("rank-latency");
    Fixture.Source source = new Fixture.Source(Fixture.version("clicks", ModelKind.FM, 42));
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId()).start()) {
      TopicAdmin.create(kafka.client(), Topics.DEFAULT, List.of("clicks"), 1, 1);
      ServerConfig config = Fixture.config(kafka.client(), new InMemorySchemaRegistry(), source);
      try (MillraceServer server = MillraceServer.start(config, List.of(source))) {
        Http http = Http.to(server);
        for (boolean log : new boolean[] {false, true}) {
          String body = body(log);
          JsonNode answer = http.post("/v1/rank", body).json();
          if (answer.get("logged").asBoolean() != log || answer.get("results").size() != 1) {
            throw new IllegalStateException("unexpected answer " + answer);
          }
          measure(http, body, seconds, threads);
          Histogram histogram = measure(http, body, seconds, threads);
          System.out.printf(
              "log=%-5s threads=%d requests/s=%.0f p50=%.3f ms p99=%.3f ms max=%.1f ms%n",
              log,
              threads,
              histogram.getTotalCount() / (double) seconds,
              histogram.getValueAtPercentile(50) / 1e3,
              histogram.getValueAtPercentile(99) / 1e3,
              histogram.getMaxValue() / 1e3);
        }
      }
    }
  }

  private static Histogram measure(Http http, String body, int seconds, int threads)
      throws InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    Histogram all = new Histogram(3);
    List<Thread> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Thread thread =
          new Thread(
              () -> {
                Histogram own = new Histogram(3);
                for (long now = System.nanoTime(); now < end; ) {
                  Http.Answer answer = http.post("/v1/rank", body);
                  long then = System.nanoTime();
                  if (answer.status() != 200) {
                    throw new IllegalStateException(answer.body());
                  }
                  own.recordValue((then - now) / 1000);
                  now = then;
                }
                synchronized (all) {
                  all.add(own);
                }
              });
      thread.start();
      running.add(thread);
    }
    for (Thread thread : running) {
      thread.join();
    }
    return all;
  }

  private static String body(boolean log) {
    String candidates =
        IntStream.range(0, 50)
            .mapToObj(
                i ->
                    "{\"id\":\"%d\",\"features\":{\"ad_id\":\"ad-%d\",\"price\":%d}}"
                        .formatted(i, i, i))
            .collect(Collectors.joining(","));
    return """
        {"context":{"user_id":"u-1","hour":13,"history":["ad-1","ad-7","ad-9","ad-30"]},
         "k":1,"log":%s,"candidates":[%s]}
        """
        .formatted(log, candidates);
  }
}
