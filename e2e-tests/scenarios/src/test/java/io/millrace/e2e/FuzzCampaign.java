package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.event.Click;
import io.millrace.ingestion.job.Watermarks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Fuzzes a platform of 1 GB of heap with live traffic: good events with known click probabilities,
 * events of every kind of nonsense among them, and requests of every kind of nonsense meanwhile.
 * Then accounts for every event by brute force, and compares what was learned of the good events
 * with what a platform beside it has learned that was sent nothing else.
 */
final class FuzzCampaign {
  private static final int HELD_OUT = 20_000;
  private static final int CANDIDATES = 1_000;
  private static final int REQUEST_THREADS = 4;
  private static final int FAULTS_OF_A_KIND = 3;

  /** Counts that have not changed for so long are final. */
  private static final long STABLE_NANOS = 8_000_000_000L;

  /** Held out AUC may differ by so much between the two platforms. */
  private static final double AUC_WITHIN = 0.002;

  /**
   * What to do.
   *
   * @param folder for the data, must not hold any yet
   * @param events good and bad, clicks included
   * @param badShare of the events
   * @param eventsPerSecond at most
   * @param requestsPerSecond at most
   * @param window the attribution window
   * @param model kind of the model
   * @param compared whether a platform beside it is sent the good events alone
   */
  record Config(
      Path folder,
      long seed,
      int events,
      double badShare,
      int eventsPerSecond,
      int requests,
      int requestsPerSecond,
      Duration window,
      String model,
      boolean compared) {}

  /**
   * What was found.
   *
   * @param events by kind and outcome
   * @param answers by kind and status
   * @param faults empty if nothing is wrong
   * @param summary figures in words
   */
  record Result(
      long seed,
      Map<String, Map<String, Long>> events,
      Map<String, Map<Integer, Long>> answers,
      List<String> faults,
      String summary) {

    /** All of it as text. */
    String report() {
      StringBuilder text = new StringBuilder();
      events.forEach((kind, outcomes) -> text.append("%-40s %s%n".formatted(kind, outcomes)));
      answers.forEach((kind, statuses) -> text.append("%-50s %s%n".formatted(kind, statuses)));
      text.append(summary).append(System.lineSeparator());
      faults.forEach(fault -> text.append("FAULT ").append(fault).append(System.lineSeparator()));
      text.append(
          "seed %d: %s%n"
              .formatted(seed, faults.isEmpty() ? "no fault" : faults.size() + " faults"));
      return text.toString();
    }
  }

  private final Config config;
  private final Map<String, List<String>> faults = new ConcurrentHashMap<>();
  private final Map<String, Map<Integer, Long>> answers = new ConcurrentHashMap<>();
  private final Map<String, String> kindOf = new ConcurrentHashMap<>();
  private final Map<String, Long> refusedByKafka = new ConcurrentHashMap<>();
  private final List<FuzzedPlatform> platforms = new ArrayList<>();
  private final BitSet clicked = new BitSet();
  private final AtomicLong slowestClickNanos = new AtomicLong();
  private final FuzzWorld world;
  private final long startedNanos = System.nanoTime();
  private int good;

  private FuzzCampaign(Config config) {
    this.config = config;
    this.world = new FuzzWorld(config.seed());
  }

  /**
   * Runs from the command line: {@code seed=7 events=1000000 requests=100000 eventsPerSecond=2000
   * requestsPerSecond=200 bad=0.5 window=10 model=deepfm compared=true folder=target/fuzz}. Ends
   * with status 1 if there is a fault.
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> given = new HashMap<>();
    for (String arg : args) {
      String[] pair = arg.split("=", 2);
      if (pair.length < 2) {
        throw new IllegalArgumentException("'" + arg + "', expected name=value");
      }
      given.put(pair[0], pair[1]);
    }
    Path folder = Path.of(taken(given, "folder", "target/fuzz-" + System.nanoTime()));
    Config config =
        new Config(
            folder.toAbsolutePath(),
            Long.parseLong(taken(given, "seed", "7")),
            Integer.parseInt(taken(given, "events", "50000")),
            Double.parseDouble(taken(given, "bad", "0.5")),
            Integer.parseInt(taken(given, "eventsPerSecond", "2000")),
            Integer.parseInt(taken(given, "requests", "10000")),
            Integer.parseInt(taken(given, "requestsPerSecond", "200")),
            Duration.ofSeconds(Long.parseLong(taken(given, "window", "10"))),
            taken(given, "model", "deepfm"),
            Boolean.parseBoolean(taken(given, "compared", "true")));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown: " + given.keySet());
    }
    Result result = run(config);
    System.out.print(result.report());
    System.exit(result.faults().isEmpty() ? 0 : 1);
  }

  private static String taken(Map<String, String> given, String name, String absent) {
    String value = given.remove(name);
    return value == null ? absent : value;
  }

  /** Runs a campaign. */
  static Result run(Config config) throws Exception {
    System.out.println("fuzzing with seed " + config.seed() + ": " + config);
    return new FuzzCampaign(config).run();
  }

  private void fault(String kind, String what) {
    List<String> known = faults.computeIfAbsent(kind, k -> new ArrayList<>());
    synchronized (known) {
      if (known.size() < FAULTS_OF_A_KIND) {
        known.add(what.length() > 600 ? what.substring(0, 600) + "…" : what);
      }
    }
  }

  private void say(String what) {
    System.out.printf("%4d s  %s%n", (System.nanoTime() - startedNanos) / 1_000_000_000, what);
  }

  private FuzzedPlatform fuzzed() {
    return platforms.get(0);
  }

  private Result run() throws Exception {
    try {
      Path folder = Files.createDirectories(config.folder());
      Runtime.getRuntime().addShutdownHook(new Thread(this::end));
      platforms.add(
          FuzzedPlatform.start(folder.resolve("fuzzed"), config.window(), config.model()));
      if (config.compared()) {
        platforms.add(
            FuzzedPlatform.start(folder.resolve("compared"), config.window(), config.model()));
      }
      long started = System.nanoTime();
      Thread watch = watch();
      warm();
      say("platforms are up");
      List<Thread> requests = requests();
      events();
      say("events are sent");
      long sent = System.nanoTime();
      for (Thread thread : requests) {
        thread.join();
      }
      long asked = System.nanoTime();
      say("requests are answered");
      boolean settled = settle();
      watch.interrupt();
      watch.join();
      String summary =
          "%d events (%d good impressions) in %d s, requests in %d s, slowest click written in %d ms"
              .formatted(
                  config.events(),
                  good,
                  (sent - started) / 1_000_000_000,
                  (asked - started) / 1_000_000_000,
                  slowestClickNanos.get() / 1_000_000);
      Map<String, Map<String, Long>> outcomes = Map.of();
      if (settled) {
        for (FuzzedPlatform platform : platforms) {
          say("all is decided on: " + learned(platform));
        }
        outcomes = account();
        summary += compare();
      }
      for (FuzzedPlatform platform : platforms) {
        for (String failure : platform.failures()) {
          fault("failure of " + platforms.indexOf(platform), failure);
        }
      }
      return result(outcomes, summary);
    } finally {
      end();
    }
  }

  private static String learned(FuzzedPlatform platform) throws IOException, InterruptedException {
    JsonNode status = platform.status();
    return "%.0f learned, AUC %.4f of what was served, version %d"
        .formatted(
            Scenario.metric(status, "learned"),
            Scenario.metric(status, "served.auc"),
            status.at("/models/0/version").asLong());
  }

  /** Compares what was learned of the good events. */
  private String compare() throws IOException, InterruptedException {
    double[] probabilities = new double[HELD_OUT];
    List<Double> aucs = new ArrayList<>();
    for (FuzzedPlatform platform : platforms) {
      aucs.add(FuzzWorld.expectedAuc(heldOut(platform, probabilities), probabilities));
    }
    if (config.compared() && !(Math.abs(aucs.get(0) - aucs.get(1)) <= AUC_WITHIN)) {
      fault("auc", "AUC %.4f, without bad events %.4f".formatted(aucs.get(0), aucs.get(1)));
    }
    return "; AUC on held-out impressions %s, of at most %.4f"
        .formatted(
            aucs.stream().map("%.4f"::formatted).toList(),
            FuzzWorld.expectedAuc(probabilities, probabilities));
  }

  private void end() {
    platforms.forEach(FuzzedPlatform::close);
  }

  private Result result(Map<String, Map<String, Long>> outcomes, String summary) {
    List<String> all = new ArrayList<>();
    new TreeMap<>(faults).forEach((kind, some) -> some.forEach(f -> all.add(kind + ": " + f)));
    return new Result(config.seed(), outcomes, new TreeMap<>(answers), all, summary);
  }

  /** Looks at the platforms once a second. */
  private Thread watch() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  Thread.sleep(1_000);
                  look();
                }
              } catch (InterruptedException e) {
                // The campaign goes on to its accounts.
              }
            },
            "fuzz-watch");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void look() throws InterruptedException {
    for (FuzzedPlatform platform : platforms) {
      String name = "platform " + platforms.indexOf(platform);
      if (!platform.runs()) {
        fault(name, "the process has ended");
        continue;
      }
      try {
        FuzzedPlatform.badPart(platform.status()).ifPresent(part -> fault(name, part));
      } catch (IOException e) {
        // Busy or gone: an answer that does not come is a fault of the requests'.
      }
    }
  }

  private void warm() throws InterruptedException {
    for (FuzzedPlatform platform : platforms) {
      await("ready", platform, Duration.ofMinutes(1), s -> s.path("ready").asBoolean());
    }
  }

  private boolean await(
      String what, FuzzedPlatform platform, Duration limit, Predicate<JsonNode> holds)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        JsonNode status = platform.status();
        if (holds.test(status)) {
          return true;
        }
        if (System.nanoTime() > deadline) {
          fault("waiting", "not %s within %s: %s".formatted(what, limit, status));
          return false;
        }
      } catch (IOException e) {
        if (!platform.runs() || System.nanoTime() > deadline) {
          fault("waiting", "not %s: %s".formatted(what, e));
          return false;
        }
      }
      Thread.sleep(100);
    }
  }

  private record DueClick(long time, int number) {}

  private void events() throws InterruptedException {
    SplittableRandom mix = new SplittableRandom(config.seed());
    SplittableRandom goodRandom = mix.split();
    SplittableRandom badRandom = mix.split();
    FuzzEvents nonsense =
        new FuzzEvents(fuzzed().registry(), config.seed(), config.window().toMillis());
    List<FuzzEvents.Kind> kinds = nonsense.all();
    PriorityQueue<DueClick> clicks = new PriorityQueue<>(Comparator.comparing(DueClick::time));
    long start = System.nanoTime();
    int sent = 0;
    int turns = 0;
    while (sent < config.events()) {
      pace(start, sent, config.eventsPerSecond());
      long now = System.currentTimeMillis();
      if (!clicks.isEmpty() && clicks.peek().time() <= now) {
        goodClick(clicks.remove());
        sent++;
      } else if (good > 0 && (turns < kinds.size() || mix.nextDouble() < config.badShare())) {
        // The first round has one of each, before any time is lost by the good ones.
        FuzzEvents.Kind kind = turns < kinds.size() ? kinds.get(turns) : pick(kinds, badRandom);
        turns++;
        sent += bad(nonsense, kind, badRandom, now);
      } else {
        FuzzWorld.Shown shown = world.next(goodRandom);
        String id = "good-" + good;
        boolean willClick = goodRandom.nextDouble() < shown.probability() && good > 0;
        if (willClick) {
          clicked.set(good);
          long most = config.window().toMillis() / 2;
          clicks.add(new DueClick(now + 1 + goodRandom.nextLong(most), good));
        }
        good++;
        sent++;
        for (FuzzedPlatform platform : platforms) {
          byte[] value = platform.wire().encode(shown.features(id, now));
          if (platform == fuzzed()) {
            nonsense.sent(id, now, value, willClick);
          }
          send(platform, "good impression", out(false, value));
        }
      }
    }
    while (!clicks.isEmpty()) {
      Thread.sleep(Math.max(0, clicks.peek().time() - System.currentTimeMillis()));
      goodClick(clicks.remove());
    }
    platforms.forEach(FuzzedPlatform::flush);
  }

  private static FuzzEvents.Out out(boolean click, byte[] value) {
    return new FuzzEvents.Out(click, null, value, List.of(), FuzzEvents.Via.PLAIN);
  }

  private void goodClick(DueClick click) {
    for (FuzzedPlatform platform : platforms) {
      byte[] value =
          platform
              .wire()
              .encode(new Click("good-" + click.number(), Instant.ofEpochMilli(click.time())));
      send(platform, "good click", out(true, value));
    }
  }

  private int bad(FuzzEvents nonsense, FuzzEvents.Kind kind, SplittableRandom random, long now) {
    List<FuzzEvents.Out> outs = kind.make().of(random, now);
    outs.forEach(out -> send(fuzzed(), kind.name(), out));
    return outs.size();
  }

  private static FuzzEvents.Kind pick(List<FuzzEvents.Kind> kinds, SplittableRandom random) {
    while (true) {
      FuzzEvents.Kind kind = kinds.get(random.nextInt(kinds.size()));
      if (random.nextInt(kind.every()) == 0) {
        return kind;
      }
    }
  }

  private void send(FuzzedPlatform platform, String kind, FuzzEvents.Out out) {
    boolean aborted = out.via() == FuzzEvents.Via.ABORTED;
    long began = System.nanoTime();
    platform.send(
        out,
        (metadata, failure) -> {
          if (platform != fuzzed()) {
            return;
          }
          if (out.click()) {
            slowestClickNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
          }
          if (failure != null) {
            refusedByKafka.merge(kind, 1L, Long::sum);
          } else if (!aborted) {
            kindOf.put(metadata.topic() + "@" + metadata.offset(), kind);
          }
        });
  }

  /** Waits until the schedule of {@code perSecond} allows one more. */
  private static void pace(long startNanos, long done, int perSecond) throws InterruptedException {
    long ahead = startNanos + done * 1_000_000_000L / perSecond - System.nanoTime();
    if (ahead > 1_000_000) {
      Thread.sleep(ahead / 1_000_000);
    }
  }

  private List<Thread> requests() {
    List<FuzzRequests.Kind> kinds = FuzzRequests.all();
    AtomicLong next = new AtomicLong();
    long start = System.nanoTime();
    CountDownLatch begun = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < REQUEST_THREADS; t++) {
      SplittableRandom random = new SplittableRandom(config.seed() + 1 + t);
      Thread thread =
          new Thread(
              () -> {
                try (RawHttp http = new RawHttp(fuzzed().server().getPort())) {
                  begun.await();
                  for (long n = next.getAndIncrement();
                      n < config.requests();
                      n = next.getAndIncrement()) {
                    pace(start, n, config.requestsPerSecond());
                    // The first round asks everything once.
                    FuzzRequests.Kind kind =
                        n < kinds.size() ? kinds.get((int) n) : pickRequest(kinds, random);
                    ask(http, kind, random);
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } catch (IOException e) {
                  fault("requests", "no connection: " + e);
                }
              },
              "fuzz-requests-" + t);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    begun.countDown();
    return threads;
  }

  private static FuzzRequests.Kind pickRequest(
      List<FuzzRequests.Kind> kinds, SplittableRandom random) {
    while (true) {
      FuzzRequests.Kind kind = kinds.get(random.nextInt(kinds.size()));
      if (random.nextInt(kind.every()) == 0) {
        return kind;
      }
    }
  }

  private void ask(RawHttp http, FuzzRequests.Kind kind, SplittableRandom random)
      throws IOException {
    byte[] request = kind.make().of(random);
    RawHttp.Answer answer = http.send(request, kind.raw());
    answers
        .computeIfAbsent(kind.name(), k -> new ConcurrentHashMap<>())
        .merge(answer.status(), 1L, Long::sum);
    if (answer.status() < 0) {
      say("no answer to '" + kind.name() + "'");
    }
    FuzzedAnswer.fault(kind, answer)
        .ifPresent(
            fault ->
                fault(
                    "request '" + kind.name() + "'",
                    "%s; asked: %s".formatted(fault, shown(request))));
  }

  private static String shown(byte[] request) {
    int head = Math.min(request.length, 20_000);
    String text = new String(request, 0, head, java.nio.charset.StandardCharsets.UTF_8);
    int body = text.indexOf("\r\n\r\n");
    String what =
        body < 0 || text.startsWith("GET")
            ? text
            : text.substring(0, text.indexOf('\r')) + " " + text.substring(body + 4);
    return (what.length() <= 250 ? what : what.substring(0, 250) + "…")
        .replaceAll("\\p{Cntrl}", "?");
  }

  /** Waits until everything that was sent is decided on and learned. */
  private boolean settle() throws InterruptedException {
    boolean settled = true;
    // A click of nothing is waited for as long as its impression might come.
    Duration lateness = Duration.ofSeconds(Math.min(10 * config.window().toSeconds(), 3_600));
    Duration open = config.window().multipliedBy(2).plus(lateness).plusSeconds(2);
    Thread.sleep(open.toMillis());
    for (FuzzedPlatform platform : platforms) {
      long[] before = {-1, -1, System.nanoTime()};
      settled &=
          await(
              "settled",
              platform,
              Duration.ofMinutes(3),
              status -> {
                long now = sum(status);
                long learned = status.at("/models/0/metrics/learned").asLong();
                if (now != before[0] || learned != before[1]) {
                  before[0] = now;
                  before[1] = learned;
                  before[2] = System.nanoTime();
                }
                return learned >= good && System.nanoTime() - before[2] > STABLE_NANOS;
              });
    }
    return settled;
  }

  private static long sum(JsonNode status) {
    long sum = 0;
    for (JsonNode count : status.at("/ingestion/counts")) {
      sum += count.asLong();
    }
    return sum;
  }

  /** Accounts for every event of the fuzzed platform; what became of each kind. */
  private Map<String, Map<String, Long>> account() throws IOException, InterruptedException {
    JsonNode status = fuzzed().status();
    FuzzAudit audit = null;
    while (audit == null) {
      audit = FuzzAudit.of(fuzzed(), config.window(), System.currentTimeMillis() - 30_000);
      JsonNode after = fuzzed().status();
      if (sum(after) != sum(status)) {
        // A click that waited for its impression was given up meanwhile.
        status = after;
        audit = null;
      }
    }
    FuzzAccounts accounts = new FuzzAccounts(status, audit, this::fault);
    accounts.sums();
    Map<String, Set<String>> right = new HashMap<>();
    right.put("good impression", Set.of(FuzzEvents.ACCEPTED));
    // A sender that is stopped for a window's length writes clicks too late.
    Set<String> stopped = Set.of(FuzzEvents.ACCEPTED, "late_click");
    right.put("good click", stopped);
    new FuzzEvents(fuzzed().registry(), config.seed(), config.window().toMillis())
        .all()
        .forEach(kind -> right.put(kind.name(), kind.outcomes()));
    if (slowestClickNanos.get() >= Watermarks.Live.DEFAULT.idleTimeout().toNanos()) {
      // Nobody waits for clicks that Kafka has not had for so long.
      right.put("click first", stopped);
    }
    Map<String, Map<String, Long>> outcomes = accounts.outcomes(kindOf, right);
    accounts.goodLabels(
        good,
        clicked,
        outcomes.getOrDefault("good click", Map.of()).getOrDefault("late_click", 0L));
    refusedByKafka.forEach(
        (kind, number) ->
            outcomes.computeIfAbsent(kind, k -> new TreeMap<>()).put("refused by Kafka", number));
    return outcomes;
  }

  /** Predictions for impressions that nobody has seen. */
  private double[] heldOut(FuzzedPlatform platform, double[] probabilities)
      throws IOException, InterruptedException {
    ObjectMapper mapper = new ObjectMapper();
    SplittableRandom random = new SplittableRandom(config.seed() + 1_000);
    double[] scores = new double[HELD_OUT];
    Arrays.fill(scores, Double.NaN);
    try (RawHttp http = new RawHttp(platform.server().getPort())) {
      for (int from = 0; from < HELD_OUT; from += CANDIDATES) {
        List<Map<String, Object>> candidates = new ArrayList<>();
        for (int i = 0; i < CANDIDATES; i++) {
          FuzzWorld.Shown shown = world.next(random);
          probabilities[from + i] = shown.probability();
          candidates.add(shown.values());
        }
        String body = mapper.writeValueAsString(Map.of("candidates", candidates));
        RawHttp.Answer answer = http.send(RawHttp.post("/v1/predict", body), false);
        if (answer.status() != 200) {
          fault("held out", "status %d: %s".formatted(answer.status(), answer.body()));
          return scores;
        }
        JsonNode predictions = mapper.readTree(answer.body()).path("predictions");
        for (int i = 0; i < CANDIDATES; i++) {
          scores[from + i] = predictions.path(i).path("probability").asDouble(Double.NaN);
        }
      }
    }
    return scores;
  }
}
