package io.millrace.serving.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.avro.Schema;

/**
 * Measures POST /v1/rank over loopback: from the client's side, and the model's forward pass as the
 * server's own metrics tell it (the last ten seconds). The server is a process of its own; broker
 * and client are in this one. Models: {@code fm} of dimension 16 and five features, 50 candidates;
 * {@code autoint-p}, 39 features of dimension 16, three layers of two heads of 32, 100 candidates.
 * Arguments: seconds per case (default 5), client threads (default 1), model (default {@code fm}),
 * seconds of asking before each case (default 30: at some hundred requests a second the JIT goes on
 * for minutes, and its thread may hold a request up by a time slice of 4 ms), most seconds for
 * which the server warms its model up (default 10). What a server answers in its first second is
 * told apart.
 */
final class RankLatency {
  private static final int FIELDS = 39;

  /** Features that candidates differ in. */
  private static final int OWN = 10;

  private static final String PORT = "port ";

  private RankLatency() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    int threads = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    boolean wide = args.length > 2 && args[2].equals("autoint-p");
    int warm = args.length > 3 ? Integer.parseInt(args[3]) : 30;
    int warmUp = args.length > 4 ? Integer.parseInt(args[4]) : 10;
    Path directory = Files.createTempDirectory("rank-latency");
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId()).start()) {
      TopicAdmin.create(kafka.client(), Topics.DEFAULT, List.of("clicks"), 1, 1);
      long start = System.nanoTime();
      Process server = startServer(kafka, wide, warmUp);
      try {
        Http http = Http.to(port(server));
        awaitReady(http);
        double ready = (System.nanoTime() - start) / 1e9;
        String first = wide ? wideBody(false) : body(false);
        long asked = System.nanoTime();
        http.post("/v1/rank", first);
        double firstMillis = (System.nanoTime() - asked) / 1e6;
        Histogram second = measure(http, first, 1, threads);
        System.out.printf(
            "ready after %.1f s; first answer %.1f ms; first second: %d answers, p50=%.3f ms"
                + " p99=%.3f ms%n",
            ready,
            firstMillis,
            second.getTotalCount(),
            second.getValueAtPercentile(50) / 1e3,
            second.getValueAtPercentile(99) / 1e3);
        for (boolean log : new boolean[] {false, true}) {
          String body = wide ? wideBody(log) : body(log);
          JsonNode answer = http.post("/v1/rank", body).json();
          if (answer.get("logged").asBoolean() != log || answer.get("results").size() != 1) {
            throw new IllegalStateException("unexpected answer " + answer);
          }
          measure(http, body, warm, threads);
          Histogram histogram = measure(http, body, seconds, threads);
          JsonNode forward = http.get("/v1/status").json().at("/models/0/forward");
          System.out.printf(
              "log=%-5s threads=%d requests/s=%.0f p50=%.3f ms p99=%.3f ms max=%.1f ms;"
                  + " forward pass p50=%.2f ms p99=%.2f ms%n",
              log,
              threads,
              histogram.getTotalCount() / (double) seconds,
              histogram.getValueAtPercentile(50) / 1e3,
              histogram.getValueAtPercentile(99) / 1e3,
              histogram.getMaxValue() / 1e3,
              forward.get("p50Millis").asDouble(),
              forward.get("p99Millis").asDouble());
        }
      } finally {
        server.destroy();
      }
    }
  }

  private static void awaitReady(Http http) throws InterruptedException {
    while (http.get("/ready").status() != 200) {
      Thread.sleep(20);
    }
  }

  private static Process startServer(EmbeddedKafka kafka, boolean wide, int warmUp)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "-XX:PerMethodTrapLimit=10000",
            "-cp",
            System.getProperty("java.class.path"),
            Server.class.getName(),
            String.valueOf(kafka.client().get("bootstrap.servers")),
            Boolean.toString(wide),
            Integer.toString(warmUp));
    return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
  }

  private static int port(Process server) throws IOException {
    String line = server.inputReader().readLine();
    if (line == null || !line.startsWith(PORT)) {
      server.destroy();
      throw new IOException("the server's first line: " + line + ", expected " + PORT + "n");
    }
    return Integer.parseInt(line.substring(PORT.length()));
  }

  /** The server's process, which ends with its standard input. */
  static final class Server {
    private Server() {}

    public static void main(String[] args) throws Exception {
      ServedFixture.Source source =
          new ServedFixture.Source(Boolean.parseBoolean(args[1]) ? autoIntP() : fm());
      ServerConfig config =
          Fixture.config(Map.of("bootstrap.servers", args[0]), new InMemorySchemaRegistry(), source)
              .withSettings(s -> s.withWarmUp(Duration.ofSeconds(Integer.parseInt(args[2]))));
      try (MillraceServer server = MillraceServer.start(config, List.of(source))) {
        System.out.println(PORT + server.port());
        while (System.in.read() >= 0) {
          // waits for the end
        }
      }
    }
  }

  private static ModelSnapshot fm() {
    return ServedFixture.version("clicks", ModelKind.FM, 42);
  }

  private static ModelSnapshot autoIntP() {
    String features =
        IntStream.range(0, FIELDS)
            .mapToObj(
                f ->
                    "{\"name\":\"f%d\",\"type\":\"string\",\"feature\":{\"kind\":\"categorical\"}}"
                        .formatted(f))
            .collect(Collectors.joining(","));
    FeatureSchema schema =
        FeatureSchema.parse(
            new Schema.Parser()
                .parse(
                    """
                    {"type":"record","name":"Wide","namespace":"shop.ads",
                     "millrace":{"id":"impression_id","time":"event_time",
                                 "table":{"rows":65536,"dim":16}},
                     "fields":[
                      {"name":"impression_id","type":"string"},
                      {"name":"event_time",
                       "type":{"type":"long","logicalType":"timestamp-millis"}},
                      %s]}
                    """
                        .formatted(features)));
    ModelConfig config =
        ModelConfig.defaults(ModelKind.AUTOINT, "clicks", schema)
            .with(
                """
                {"architecture":{"kind":"autoint","layers":3,"heads":2,"headDim":32,"scaled":false,
                 "layerNorm":false,"residual":true,"activatedProjections":false,
                 "fieldEmbedding":false,"wide":false,"attentionDropout":0}}
                """);
    return ServedFixture.version(config, 42, schema);
  }

  private static String wideBody(boolean log) {
    String candidates =
        IntStream.range(0, 100)
            .mapToObj(i -> "{\"id\":\"%d\",\"features\":{%s}}".formatted(i, values(0, OWN, i)))
            .collect(Collectors.joining(","));
    return "{\"context\":{%s},\"k\":1,\"log\":%s,\"candidates\":[%s]}"
        .formatted(values(OWN, FIELDS, 0), log, candidates);
  }

  private static String values(int from, int to, int of) {
    return IntStream.range(from, to)
        .mapToObj(f -> "\"f%d\":\"v%d\"".formatted(f, of * f))
        .collect(Collectors.joining(","));
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
