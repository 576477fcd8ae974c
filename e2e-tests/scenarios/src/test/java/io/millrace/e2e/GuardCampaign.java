package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.embedding.RowFormat;
import io.millrace.event.Click;
import io.millrace.event.RowUpdate;
import io.millrace.parameters.ParameterKeys;
import io.millrace.parameters.RowUpdates;
import io.millrace.topic.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Injects what spoils a model into a platform with live traffic, beside one that is left alone, and
 * writes once a second what both answer for impressions with known click probabilities: inverted
 * clicks, a row that is not a number, a live model that learns at a rate of 1,000.
 *
 * <p>{@code GuardCampaign FOLDER CSV [SECONDS]}: so many seconds of quiet before and of recovery
 * after each. Columns: second, phase, AUC of both, whether versions are held back, why.
 */
final class GuardCampaign {
  private static final Duration WINDOW = Duration.ofSeconds(2);
  private static final int PER_SECOND = 600;
  private static final int HELD_OUT = 2_000;

  private record DueClick(long time, String id) {}

  private final List<FuzzedPlatform> platforms = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(7);
  private final FuzzWorld world = new FuzzWorld(7);
  private final List<FuzzWorld.Shown> heldOut = new ArrayList<>();
  private final ObjectMapper mapper = new ObjectMapper();
  private final PrintStream csv;
  private final int seconds;
  private final long began = System.nanoTime();
  private volatile String phase = "quiet";
  private volatile boolean inverted;
  private volatile boolean ended;

  private GuardCampaign(PrintStream csv, int seconds) {
    this.csv = csv;
    this.seconds = seconds;
  }

  /** See the class doc. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 60;
    try (PrintStream csv = new PrintStream(args[1])) {
      new GuardCampaign(csv, seconds).run(folder);
    }
    System.exit(0);
  }

  private void run(Path folder) throws Exception {
    SplittableRandom apart = new SplittableRandom(1_007);
    for (int i = 0; i < HELD_OUT; i++) {
      heldOut.add(world.next(apart));
    }
    csv.println("second,phase,auc,auc_undisturbed,held,why");
    try {
      for (String name : List.of("injected", "undisturbed")) {
        platforms.add(FuzzedPlatform.start(folder.resolve(name), WINDOW, "fm"));
      }
      Thread traffic = new Thread(this::traffic, "guard-traffic");
      Thread watch = new Thread(this::watch, "guard-watch");
      traffic.start();
      watch.start();
      sleep(2 * seconds);
      String name = injected().status().at("/models/0/name").asText();

      inverted = true;
      since("inverted clicks");
      sleep(seconds / 2);
      inverted = false;
      since("clicks are right again");
      sleep(seconds);

      writeNoNumber(name);
      since("a row is no number");
      sleep(seconds / 2);

      Api api = new Api(injected().server());
      say(api, "/v1/models", clone("wild"));
      phase = "a clone learns at a rate of 1000";
      Api.Answer promoted = null;
      for (int i = 0; i < 10 * seconds && (promoted == null || promoted.status() != 200); i++) {
        Thread.sleep(100);
        promoted = api.post("/v1/aliases", promote("wild"));
      }
      System.out.println("promoted: " + promoted);
      sleep(seconds / 3);
      ended = true;
      watch.join();
      traffic.join();
    } finally {
      ended = true;
      platforms.forEach(FuzzedPlatform::close);
    }
  }

  private FuzzedPlatform injected() {
    return platforms.get(0);
  }

  private static void sleep(int seconds) throws InterruptedException {
    Thread.sleep(1_000L * seconds);
  }

  private static String clone(String name) {
    return "{\"name\":\"%s\",\"cloneOf\":\"live\",\"set\":{\"rowOptimizer\":{\"learningRate\":1000}}}"
        .formatted(name);
  }

  private static String promote(String name) {
    return "{\"model\":\"%s\"}".formatted(name);
  }

  private static void say(Api api, String path, String body) throws Exception {
    System.out.println(body + ": " + api.post(path, body).body());
  }

  /** Begins a phase, and says when what is held back, or answered again, first changes. */
  private void since(String what) throws Exception {
    boolean before = held() != null;
    long start = System.nanoTime();
    phase = what;
    while (System.nanoTime() - start < seconds * 500_000_000L) {
      String held = held();
      if ((held != null) != before) {
        System.out.printf(
            Locale.ROOT,
            "%s: after %.1f s %s%n",
            what,
            (System.nanoTime() - start) / 1e9,
            held == null ? "served again" : held);
        return;
      }
      Thread.sleep(50);
    }
    System.out.println(what + ": nothing changed");
  }

  /** Of the live model, which is the first. */
  private @Nullable String held() throws Exception {
    JsonNode held = injected().status().path("models").path(0).path("held");
    return held.isTextual() ? held.asText() : null;
  }

  private void traffic() {
    PriorityQueue<DueClick> clicks = new PriorityQueue<>(Comparator.comparing(DueClick::time));
    long start = System.nanoTime();
    try {
      for (int sent = 0; !ended; sent++) {
        long ahead = start + sent * 1_000_000_000L / PER_SECOND - System.nanoTime();
        if (ahead > 1_000_000) {
          Thread.sleep(ahead / 1_000_000);
        }
        long now = System.currentTimeMillis();
        FuzzWorld.Shown shown = world.next(random);
        String id = "i" + sent;
        boolean click = random.nextDouble() < shown.probability();
        long time = now + 1 + random.nextLong(WINDOW.toMillis() / 2);
        boolean turned = inverted;
        for (FuzzedPlatform platform : platforms) {
          send(platform, false, platform.wire().encode(shown.features(id, now)));
        }
        if (click != turned) {
          clicks.add(new DueClick(time, "i" + id));
        }
        if (click) {
          clicks.add(new DueClick(time, "u" + id));
        }
        while (!clicks.isEmpty() && clicks.peek().time() <= now) {
          DueClick due = clicks.remove();
          FuzzedPlatform to = platforms.get(due.id().charAt(0) == 'i' ? 0 : 1);
          Click event = new Click(due.id().substring(1), Instant.ofEpochMilli(due.time()));
          send(to, true, to.wire().encode(event));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(FuzzedPlatform platform, boolean click, byte[] value) {
    platform.send(
        new FuzzEvents.Out(click, null, value, List.of(), FuzzEvents.Via.PLAIN),
        (metadata, failure) -> {});
  }

  private void watch() {
    while (!ended) {
      try {
        double[] aucs = new double[2];
        for (int p = 0; p < 2; p++) {
          aucs[p] = auc(platforms.get(p));
        }
        String held = held();
        csv.printf(
            Locale.ROOT,
            "%d,%s,%.4f,%.4f,%d,%s%n",
            (System.nanoTime() - began) / 1_000_000_000,
            phase,
            aucs[0],
            aucs[1],
            held == null ? 0 : 1,
            held == null ? "" : '"' + held.replace('"', '\'') + '"');
        csv.flush();
        Thread.sleep(1_000);
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        System.out.println("no figures: " + e);
      }
    }
  }

  private double auc(FuzzedPlatform platform) throws IOException {
    List<Map<String, Object>> candidates = heldOut.stream().map(FuzzWorld.Shown::values).toList();
    String body = mapper.writeValueAsString(Map.of("candidates", candidates));
    double[] scores = new double[HELD_OUT];
    try (RawHttp http = new RawHttp(platform.server().getPort())) {
      RawHttp.Answer answer = http.send(RawHttp.post("/v1/predict", body), false);
      if (answer.status() != 200) {
        throw new IOException(answer.status() + " " + answer.body());
      }
      JsonNode predictions = mapper.readTree(answer.body()).path("predictions");
      for (int i = 0; i < HELD_OUT; i++) {
        scores[i] = predictions.path(i).path("probability").asDouble(Double.NaN);
        if (!(scores[i] >= 0 && scores[i] <= 1)) {
          System.out.println("FAULT: answered " + predictions.path(i));
        }
      }
    }
    double[] truth = heldOut.stream().mapToDouble(FuzzWorld.Shown::probability).toArray();
    return FuzzWorld.expectedAuc(scores, truth);
  }

  /** Overwrites the row that was published most often. */
  private void writeNoNumber(String model) {
    FuzzedPlatform platform = injected();
    String topic = Topics.DEFAULT.parameters(model);
    Map<Long, Integer> published = new HashMap<>();
    int[] width = new int[1];
    WholeTopic.read(
        platform.client(),
        topic,
        record -> {
          byte[] key = record.key();
          if (key != null && ParameterKeys.isRow(key) && record.value() != null) {
            published.merge(ParameterKeys.rowOf(key), 1, Integer::sum);
            width[0] = RowUpdates.decode(record.value()).data().length / Float.BYTES;
          }
        });
    long row =
        published.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    float[] values = new float[width[0]];
    Arrays.fill(values, Float.NaN);
    int id =
        platform
            .registry()
            .register(RowUpdate.getClassSchema().getFullName(), RowUpdate.getClassSchema())
            .id();
    Map<String, Object> client = platform.client();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      var unused =
          producer.send(
              new ProducerRecord<>(
                  topic,
                  0,
                  ParameterKeys.row(row),
                  RowUpdates.encode(id, row, RowFormat.FP32, values, 0, values.length)));
    }
  }
}
