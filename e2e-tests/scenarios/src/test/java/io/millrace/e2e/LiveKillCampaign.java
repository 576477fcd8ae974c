package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.EventRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Kills a live platform at random moments under load: all of it but its broker with SIGKILL, its
 * broker alone with SIGKILL, both, a job alone by an exception in its task. In the end it checks by
 * brute force what is left: everything that was acknowledged is in the log once, each impression
 * has one label of each outcome by the rules of the join, also where it was taken back, the job's
 * counters are those of the log, each example was learned once, and the model is to the bit the one
 * that learns the log of examples in one go.
 *
 * <p>Arguments: deaths (default 50), seed (default the clock's), folder (default a temporary one).
 * The exit status is 1 if anything differs.
 */
final class LiveKillCampaign {
  private static final Duration WINDOW = Duration.ofSeconds(5);
  private static final Map<String, Duration> WINDOWS =
      Map.of(EventRules.CLICK, WINDOW, LiveLoad.CONVERSION, Duration.ofSeconds(6));
  private static final String MODEL = "fm";
  private static final int IMPRESSIONS_PER_SECOND = 60;
  private static final int RANKINGS_PER_SECOND = 10;
  private static final int BETWEEN_DEATHS_MILLIS = 6_000;
  private static final int BROKER_AWAY_MILLIS = 6_000;
  private static final double DIES_WHILE_IT_STARTS = 0.25;
  private static final int START_UP_MILLIS = 8_000;
  private static final Duration JOB_FAILS_WITHIN = Duration.ofMinutes(2);

  /** A click for an unknown impression waits for two windows and the lateness of ten. */
  private static final Duration SETTLES_WITHIN = Duration.ofMinutes(5);

  private static final int SHOWN_FAULTS = 30;

  /** What dies. */
  enum Victim {
    MILLRACE,
    BROKER,
    INGESTION,
    TRAINING,
    /** The broker, and all the rest while it is away. */
    BOTH
  }

  /**
   * What was found: by victim how often it died, what was counted, and what is not as it must be.
   */
  record Result(Map<Victim, Integer> deaths, Map<String, Long> counts, List<String> faults) {}

  private final LivePlatform platform;
  private final Path folder;
  private final SplittableRandom random;
  private final Map<Victim, Integer> died = new EnumMap<>(Victim.class);
  private final List<String> faults = new ArrayList<>();

  private LiveKillCampaign(LivePlatform platform, Path folder, long seed) {
    this.platform = platform;
    this.folder = folder;
    this.random = new SplittableRandom(seed);
  }

  public static void main(String[] args) throws Exception {
    int deaths = args.length > 0 ? Integer.parseInt(args[0]) : 50;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    Path folder =
        args.length > 2
            ? Files.createDirectories(Path.of(args[2]).toAbsolutePath())
            : Files.createTempDirectory("live-kills");
    SplittableRandom random = new SplittableRandom(seed);
    List<Victim> victims = new ArrayList<>();
    while (victims.size() < deaths) {
      victims.add(Victim.values()[random.nextInt(Victim.values().length)]);
    }
    Result result = run(folder, victims, seed);
    result.counts().forEach((name, count) -> System.out.printf("%-40s %d%n", name, count));
    System.out.printf("%s%nseed %d: %d faults%n", result.deaths(), seed, result.faults().size());
    result.faults().stream().limit(SHOWN_FAULTS).forEach(System.out::println);
    System.exit(result.faults().isEmpty() ? 0 : 1);
  }

  /** Runs a campaign in a folder that is its own: what dies, in turn. */
  static Result run(Path folder, List<Victim> victims, long seed)
      throws IOException, InterruptedException {
    System.out.printf("seed %d, %d deaths, in %s%n", seed, victims.size(), folder);
    try (LivePlatform platform =
        new LivePlatform(
            folder,
            "768m",
            "--model",
            MODEL,
            "--attribution-window",
            WINDOW.toSeconds() + "s",
            "--outcome",
            LiveLoad.CONVERSION + "=6s")) {
      platform.start();
      return new LiveKillCampaign(platform, folder, seed).run(victims, seed);
    }
  }

  private Result run(List<Victim> victims, long seed) throws IOException, InterruptedException {
    try (LiveLoad load =
        new LiveLoad(
            platform,
            "s" + Long.toString(seed, 36),
            WINDOW,
            IMPRESSIONS_PER_SECOND,
            RANKINGS_PER_SECOND,
            seed)) {
      for (int death = 1; death <= victims.size(); death++) {
        Thread.sleep(random.nextInt(500, BETWEEN_DEATHS_MILLIS));
        Victim victim = victims.get(death - 1);
        long began = System.nanoTime();
        keepUp();
        String how = kill(victim);
        died.merge(victim, 1, Integer::sum);
        System.out.printf(
            "death %d: %s, %s; %d ms; %d acknowledged so far%n",
            death,
            victim,
            how,
            (System.nanoTime() - began) / 1_000_000,
            load.ledger().acknowledged());
      }
      keepUp();
      if (!platform.awaitReady()) {
        keepUp();
        platform.awaitReady();
      }
      load.end();
      JsonNode status = settled();
      LiveLog log = new LiveLog(platform.client());
      LiveLog.Findings written = log.against(load.ledger());
      LiveLog.Findings joined = log.against(counted(status), learned(status), WINDOWS);
      Map<String, Long> counts = new LinkedHashMap<>(written.counts());
      counts.putAll(joined.counts());
      faults.addAll(written.faults());
      faults.addAll(joined.faults());
      compareWithOneGo();
      return new Result(died, counts, faults);
    }
  }

  private void compareWithOneGo() throws InterruptedException {
    try (KafkaSchemaRegistry registry =
        new KafkaSchemaRegistry(platform.client(), Topics.DEFAULT.schemas(), Clock.systemUTC())) {
      LearnedLog log = new LearnedLog(platform.client(), registry);
      String difference = log.difference(log.published(MODEL, folder.resolve("view")));
      if (!difference.isEmpty()) {
        faults.add("the model is not that of its log: " + difference);
      }
    }
  }

  /** Starts the platform again where it ended because its broker was away while it started. */
  private void keepUp() throws IOException, InterruptedException {
    MillraceProcess millrace = platform.millrace();
    if (millrace.isAlive()) {
      return;
    }
    String said = millrace.output();
    if (millrace.hasSaid(LivePlatform.STARTED)) {
      faults.add("up ended by itself with status %d: %s".formatted(millrace.exitStatus(), said));
    }
    System.out.println("up ended: " + said.strip());
    platform.startMillrace();
    platform.awaitReady();
  }

  private String kill(Victim victim) throws IOException, InterruptedException {
    switch (victim) {
      case MILLRACE -> {
        platform.millrace().kill();
        platform.startMillrace();
        if (random.nextDouble() < DIES_WHILE_IT_STARTS) {
          int millis = random.nextInt(START_UP_MILLIS);
          Thread.sleep(millis);
          platform.millrace().kill();
          platform.startMillrace();
          platform.awaitReady();
          return "and again %d ms after its start".formatted(millis);
        }
        platform.awaitReady();
        return "started again";
      }
      case BROKER -> {
        platform.killBroker();
        int millis = random.nextInt(BROKER_AWAY_MILLIS);
        Thread.sleep(millis);
        platform.startBroker();
        return "away for %d ms and its start".formatted(millis);
      }
      case BOTH -> {
        platform.killBroker();
        int millis = random.nextInt(BROKER_AWAY_MILLIS);
        Thread.sleep(millis);
        platform.millrace().kill();
        platform.startBroker();
        platform.startMillrace();
        platform.awaitReady();
        return "the broker %d ms before the rest".formatted(millis);
      }
      case INGESTION -> {
        return failJob("label-join", "Job ingestion");
      }
      case TRAINING -> {
        return failJob("learner", "Job training");
      }
    }
    throw new IllegalStateException("victim: " + victim);
  }

  /** Makes a job fail, and waits until the platform says that it did. */
  private String failJob(String task, String part) throws IOException, InterruptedException {
    MillraceProcess millrace = platform.millrace();
    int before = millrace.timesSaid(part);
    long deadline = System.nanoTime() + JOB_FAILS_WITHIN.toNanos();
    int asked = 0;
    while (millrace.timesSaid(part) == before) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%s did not fail within %s: %s"
                .formatted(part, JOB_FAILS_WITHIN, millrace.outputSoFar()));
      }
      if (asked++ % 50 == 0) {
        millrace.tell("fail " + task);
      }
      Thread.sleep(100);
    }
    return "its task was interrupted";
  }

  /**
   * The status once everything that was sent is joined and learned; the last one if it never is.
   */
  private JsonNode settled() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
    while (true) {
      JsonNode status = platform.status();
      Map<String, Long> counts = counted(status);
      long labelled = labelled(counts, "");
      boolean converted =
          labelled(counts, LiveLoad.CONVERSION + ".") == labelled
              && of(counts, LiveLoad.CONVERSION + ".events")
                  == sum(counts, LiveLoad.CONVERSION + ".", "duplicates", "late")
                      + of(counts, "outcome_for_unknown_impression");
      boolean done =
          of(counts, "impressions") > 0
              && labelled + of(counts, "late_impression") + of(counts, "duplicate_impressions")
                  == of(counts, "impressions")
              && sum(counts, "", "duplicate_clicks", "late_click")
                      + of(counts, "click_for_unknown_impression")
                  == of(counts, "clicks")
              && converted
              && of(learned(status), "learned") >= labelled;
      if (done || System.nanoTime() > deadline) {
        if (!done) {
          faults.add("not settled within " + SETTLES_WITHIN + ": " + status);
        }
        // The learner publishes its metrics a moment after it has learned.
        Thread.sleep(3_000);
        return platform.status();
      }
      Thread.sleep(500);
    }
  }

  private static long labelled(Map<String, Long> counts, String outcome) {
    return of(counts, outcome + "positives")
        - of(counts, outcome + "taken_back")
        + of(counts, outcome + "negatives");
  }

  private static long sum(
      Map<String, Long> counts, String outcome, String duplicates, String late) {
    return of(counts, outcome + "positives")
        + of(counts, outcome + "taken_back")
        + of(counts, outcome + "idle_retractions")
        + of(counts, outcome + duplicates)
        + of(counts, outcome + late);
  }

  private static long of(Map<String, Long> counts, String name) {
    return counts.getOrDefault(name, 0L);
  }

  private static Map<String, Long> counted(JsonNode status) {
    Map<String, Long> counts = new LinkedHashMap<>();
    status
        .at("/ingestion/counts")
        .fields()
        .forEachRemaining(count -> counts.put(count.getKey(), count.getValue().asLong()));
    return counts;
  }

  private static Map<String, Long> learned(JsonNode status) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (String name :
        List.of(
            "learned",
            "positives",
            "corrections",
            "taken_back",
            "duplicates",
            "rejected",
            "other_outcome")) {
      counts.put(name, Math.round(Scenario.metric(status, name)));
    }
    return counts;
  }
}
