package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.event.Click;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * Kills a platform at random moments while models are cloned, promoted, rolled back, frozen and
 * retired, and events flow. At its end what runs must be what the deployments say: a job for each
 * model that learns and for no other, topics and files of no model that is retired. The first model
 * must have learned what a brute-force count of its log says, and each clone that changed nothing
 * must be the first model to the last bit.
 *
 * <p>{@code ModelKillCampaign FOLDER KILLS [SEED]} ends with status 1 if there is a fault.
 */
final class ModelKillCampaign {
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int PER_SECOND = 200;
  private static final int MODELS = 4;

  private final Path folder;
  private final SplittableRandom random;
  private final FuzzWorld world;
  private final List<String> faults = new ArrayList<>();
  private String first = "";
  private int clones;
  private long sent;
  private int changes;
  private volatile boolean feeding;

  private ModelKillCampaign(Path folder, long seed) {
    this.folder = folder;
    this.random = new SplittableRandom(seed);
    this.world = new FuzzWorld(seed);
  }

  /** See the class doc. */
  public static void main(String[] args) throws Exception {
    long seed = args.length > 2 ? Long.parseLong(args[2]) : 7;
    List<String> faults =
        run(Files.createDirectories(Path.of(args[0]).toAbsolutePath()), args[1], seed);
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private static List<String> run(Path folder, String kills, long seed) throws Exception {
    return new ModelKillCampaign(folder, seed).run(Integer.parseInt(kills));
  }

  private List<String> run(int kills) throws Exception {
    for (int kill = 1; kill <= kills; kill++) {
      try (FuzzedPlatform platform = FuzzedPlatform.start(folder, WINDOW, "fm")) {
        Thread feed = feed(platform);
        long until = System.nanoTime() + (500 + random.nextLong(7_000)) * 1_000_000;
        while (System.nanoTime() < until) {
          change(platform);
          Thread.sleep(random.nextInt(600));
        }
        System.out.printf("kill %d after %d changes: %s%n", kill, changes, models(platform));
        feeding = false;
        feed.interrupt();
        feed.join();
      }
    }
    try (FuzzedPlatform platform = FuzzedPlatform.start(folder, WINDOW, "fm")) {
      Thread feed = feed(platform);
      Thread.sleep(3_000);
      feeding = false;
      feed.join();
      check(platform);
    }
    faults.forEach(fault -> System.out.println("FAULT " + fault));
    System.out.printf(
        "%d kills, %d changes, %d impressions: %d faults%n", kills, changes, sent, faults.size());
    return faults;
  }

  private Thread feed(FuzzedPlatform platform) {
    feeding = true;
    Thread thread =
        new Thread(
            () -> {
              try {
                SplittableRandom clicks = new SplittableRandom(sent);
                while (feeding) {
                  long now = System.currentTimeMillis();
                  String id = "i" + sent++;
                  FuzzWorld.Shown shown = world.next(clicks);
                  send(platform, false, platform.wire().encode(shown.features(id, now)));
                  if (clicks.nextDouble() < shown.probability()) {
                    Click click = new Click(id, Instant.ofEpochMilli(now + 1));
                    send(platform, true, platform.wire().encode(click));
                  }
                  Thread.sleep(1_000 / PER_SECOND);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException e) {
                // The platform is being killed.
              }
            },
            "kill-feed");
    thread.start();
    return thread;
  }

  private static void send(FuzzedPlatform platform, boolean click, byte[] value) {
    platform.send(
        new FuzzEvents.Out(click, null, value, List.of(), FuzzEvents.Via.PLAIN),
        (metadata, failure) -> {});
  }

  /** Asks for one change; what cannot be done as things are is refused, which is right. */
  private void change(FuzzedPlatform platform) throws InterruptedException {
    try {
      Api api = new Api(platform.server());
      JsonNode models = api.get("/v1/deployments").body().path("models");
      List<String> present = new ArrayList<>();
      for (JsonNode model : models) {
        if (!model.path("state").asText().equals("retired")) {
          present.add(model.path("name").asText());
        }
      }
      first = first.isEmpty() ? present.get(0) : first;
      String some = present.get(random.nextInt(present.size()));
      Api.Answer answer =
          switch (random.nextInt(8)) {
            case 0, 1 ->
                present.size() < MODELS
                    ? api.post(
                        "/v1/models",
                        "{\"name\":\"c%d\",\"cloneOf\":\"%s\"}".formatted(++clones, first))
                    : retire(api, some);
            case 2 -> retire(api, some);
            case 3 -> state(api, some, "frozen");
            case 4, 5 -> state(api, some, "learning");
            case 6 -> api.post("/v1/aliases", "{\"rollback\":true}");
            default -> api.post("/v1/aliases", "{\"model\":\"%s\"}".formatted(some));
          };
      changes += answer.status() == 200 ? 1 : 0;
      if (answer.status() >= 500) {
        faults.add(answer.status() + ": " + answer.body());
      }
    } catch (IOException e) {
      faults.add("no answer: " + e);
    }
  }

  private Api.Answer retire(Api api, String model) throws IOException, InterruptedException {
    return model.equals(first) ? state(api, model, "learning") : state(api, model, "retired");
  }

  private static Api.Answer state(Api api, String model, String state)
      throws IOException, InterruptedException {
    return api.post(
        "/v1/models/state", "{\"model\":\"%s\",\"state\":\"%s\"}".formatted(model, state));
  }

  private static String models(FuzzedPlatform platform) throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    for (JsonNode model : new Api(platform.server()).get("/v1/deployments").body().path("models")) {
      if (!model.path("state").asText().equals("retired")) {
        text.append(model.path("name").asText())
            .append(' ')
            .append(model.path("state").asText())
            .append(", ");
      }
    }
    return text.toString();
  }

  private void check(FuzzedPlatform platform) throws Exception {
    Api api = new Api(platform.server());
    // All that was frozen goes on, so that every model has the whole log.
    for (JsonNode model : api.get("/v1/deployments").body().path("models")) {
      if (model.path("state").asText().equals("frozen")) {
        state(api, model.path("name").asText(), "learning");
      }
    }
    Set<String> learning = new TreeSet<>();
    Set<String> retired = new TreeSet<>();
    for (JsonNode model : api.get("/v1/deployments").body().path("models")) {
      (model.path("state").asText().equals("retired") ? retired : learning)
          .add(model.path("name").asText());
    }
    long deadline = System.nanoTime() + LIMIT.toNanos();
    String open = "never looked";
    while (!open.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(500);
      open = open(platform, learning, retired);
    }
    if (!open.isEmpty()) {
      faults.add(open);
      return;
    }
    Thread.sleep(WINDOW.toMillis() * 12);
    LearnedLog log = new LearnedLog(platform.client(), platform.registry());
    long distinct = LearnedLog.distinct(log.examples()).size();
    long learned = log.learned(first);
    System.out.printf("%s: %d examples, %d learned%n", first, distinct, learned);
    if (distinct != learned) {
      faults.add("%s has learned %d, of %d examples".formatted(first, learned, distinct));
    }
    ModelSnapshot source = log.published(first, folder.resolve("check-" + first));
    for (String model : learning) {
      ModelSnapshot published = log.published(model, folder.resolve("check-" + model));
      String difference = difference(source, published);
      System.out.printf(
          "%s: version %d of %d, %s%n",
          model,
          published.version(),
          source.version(),
          difference.isEmpty() ? "the same" : difference);
      if (!difference.isEmpty()) {
        faults.add(model + ": " + difference);
      }
    }
  }

  private static String difference(ModelSnapshot one, ModelSnapshot other) {
    return one.version() == other.version()
        ? LearnedLog.difference(other, one)
        : "version " + other.version() + ", expected " + one.version();
  }

  /** What is not yet as the deployments say, in words; empty if all is. */
  private String open(FuzzedPlatform platform, Set<String> learning, Set<String> retired)
      throws IOException, InterruptedException, ExecutionException {
    Set<String> jobs = new TreeSet<>();
    for (JsonNode part : platform.status().path("parts")) {
      String name = part.path("name").asText();
      if (name.startsWith("Job training-")) {
        jobs.add(name.substring("Job training-".length()));
        if (!part.path("state").asText().equals("running")) {
          return part.toString();
        }
      }
    }
    if (!jobs.equals(learning)) {
      return "jobs of " + jobs + ", expected of " + learning;
    }
    long end = WholeTopic.end(platform.client(), Topics.DEFAULT.examples());
    for (JsonNode model : platform.status().path("models")) {
      if (model.path("version").asLong(-1) < end) {
        return "%s is at %s of %d".formatted(model.path("name"), model.path("version"), end);
      }
    }
    try (Admin admin = Admin.create(platform.client())) {
      Set<String> topics = admin.listTopics().names().get();
      for (String model : retired) {
        if (topics.contains(Topics.DEFAULT.parameters(model))
            || topics.contains(Topics.DEFAULT.learnerMetrics(model))) {
          return "topics of " + model + " are left";
        }
      }
    }
    try (Stream<Path> files = Files.walk(folder.resolve("data"), 3)) {
      for (Path file : files.filter(Files::isDirectory).toList()) {
        if (retired.contains(file.getFileName().toString())) {
          return file + " is left";
        }
      }
    }
    return "";
  }
}
