package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.event.RejectedEvent;
import io.millrace.feature.SampleFeatures;
import io.millrace.intake.EventIntake;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends impressions and clicks over HTTP, in bulk and one by one, half of them twice and some of
 * them bad, while the server's process is killed with SIGKILL. Each request is sent until it is
 * answered. In the end each impression must have been learned once with its label, and each bad
 * event be kept in {@code rejected} with its reason.
 *
 * <p>Arguments: events (default 100,000), deaths (default 5), folder (default a temporary one). The
 * exit status is 1 if anything differs.
 */
final class PostedEventsCampaign {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WINDOW_SECONDS = 60;
  private static final int BATCH = 100;
  private static final int ONE_BY_ONE_EVERY = 20;
  private static final int CLICK_EVERY = 3;
  private static final int BAD_EVERY = 50;
  private static final int SENDERS = 4;
  private static final long SETTLES_WITHIN_NANOS = 300_000_000_000L;

  private final LivePlatform platform;
  private final int impressions;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong sentAgain = new AtomicLong();
  private final AtomicInteger bad = new AtomicInteger();
  private final AtomicInteger clicks = new AtomicInteger();
  private final List<String> faults = new ArrayList<>();

  /** What was sent, and what is not as it must be. */
  record Result(int impressions, int clicks, int bad, long sentAgain, List<String> faults) {}

  private PostedEventsCampaign(LivePlatform platform, int impressions) {
    this.platform = platform;
    this.impressions = impressions;
  }

  public static void main(String[] args) throws Exception {
    int events = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    int deaths = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Path folder =
        args.length > 2
            ? Files.createDirectories(Path.of(args[2]).toAbsolutePath())
            : Files.createTempDirectory("posted-events");
    Result result = run(folder, events, deaths);
    System.out.println(result);
    System.exit(result.faults().isEmpty() ? 0 : 1);
  }

  /**
   * Runs it in a folder that is its own.
   *
   * @param events impressions, clicks and bad ones together, about
   */
  static Result run(Path folder, int events, int deaths) throws IOException, InterruptedException {
    try (LivePlatform platform =
        new LivePlatform(
            folder, "768m", "--model", "fm", "--attribution-window", WINDOW_SECONDS + "s")) {
      platform.start();
      int impressions = (int) (events / (1 + 1.0 / CLICK_EVERY + 1.0 / BAD_EVERY));
      PostedEventsCampaign campaign = new PostedEventsCampaign(platform, impressions);
      campaign.send(deaths);
      campaign.check();
      return new Result(
          impressions,
          campaign.clicks.get(),
          campaign.bad.get(),
          campaign.sentAgain.get(),
          campaign.faults);
    }
  }

  private void send(int deaths) throws IOException, InterruptedException {
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      Thread sender = new Thread(this::sendAll, "sender-" + i);
      sender.start();
      senders.add(sender);
    }
    for (int death = 1; death <= deaths; death++) {
      while (answered.get() < (long) impressions * death / (deaths + 1)) {
        Thread.sleep(5);
      }
      platform.millrace().kill();
      platform.startMillrace();
      platform.awaitReady();
    }
    for (Thread sender : senders) {
      sender.join();
    }
  }

  private void sendAll() {
    for (int from = next.getAndAdd(BATCH); from < impressions; from = next.getAndAdd(BATCH)) {
      int to = Math.min(from + BATCH, impressions);
      List<ObjectNode> events = events(from, to);
      int batch = from / BATCH;
      int times = 1 + batch % 2;
      for (int time = 0; time < times; time++) {
        if (batch % ONE_BY_ONE_EVERY == 0) {
          events.forEach(event -> sendUntilAnswered(event.toString()));
        } else {
          ObjectNode body = JSON.createObjectNode();
          ArrayNode list = body.putArray("events");
          events.forEach(list::add);
          sendUntilAnswered(body.toString());
        }
      }
      answered.addAndGet(to - from);
    }
  }

  /** Events of some impressions; their times are what they are, however often they are sent. */
  private List<ObjectNode> events(int from, int to) {
    long now = System.currentTimeMillis();
    List<ObjectNode> events = new ArrayList<>();
    for (int i = from; i < to; i++) {
      String id = "posted-" + i;
      events.add(impression(id, now, i));
      if (i % CLICK_EVERY == 0) {
        clicks.incrementAndGet();
        events.add(
            JSON.createObjectNode()
                .put("type", "click")
                .put("impressionId", id)
                .put("time", now + 1));
      }
      if (i % BAD_EVERY == 0) {
        bad.incrementAndGet();
        ObjectNode unknown = impression("bad-" + i, now, i);
        ((ObjectNode) unknown.get("features")).put("no_such_feature", i);
        events.add(unknown);
      }
    }
    return events;
  }

  private static ObjectNode impression(String id, long time, int n) {
    ObjectNode event =
        JSON.createObjectNode().put("type", "impression").put("impressionId", id).put("time", time);
    event.set("features", JSON.valueToTree(SampleFeatures.of(Scenario.SCHEMA, n % 1000)));
    return event;
  }

  private void sendUntilAnswered(String body) {
    while (true) {
      try {
        Api.Answer answer = platform.api().post("/v1/events", body);
        if (answer.body().has("accepted")) {
          return;
        }
        if (answer.status() != 503) {
          throw new AssertionError(answer.status() + " " + answer.body());
        }
      } catch (IOException e) {
        // killed, or not there yet
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      sentAgain.incrementAndGet();
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void check() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + SETTLES_WITHIN_NANOS;
    JsonNode status = platform.status();
    while (Scenario.metric(status, "learned") != impressions
        || Scenario.metric(status, "positives") != clicks.get()) {
      if (System.nanoTime() > deadline) {
        break;
      }
      Thread.sleep(500);
      status = platform.status();
    }
    expect("learned", impressions, Scenario.metric(status, "learned"));
    expect("positives", clicks.get(), Scenario.metric(status, "positives"));
    for (RejectionReason reason : RejectionReason.values()) {
      expect("rejected by the join: " + reason.code(), 0, Scenario.ingested(status, reason.code()));
    }
    Set<String> kept = new HashSet<>();
    try (KafkaSchemaRegistry registry =
        new KafkaSchemaRegistry(platform.client(), Topics.DEFAULT.schemas(), Clock.systemUTC())) {
      AvroWire wire = new AvroWire(registry);
      WholeTopic.read(
          platform.client(),
          Topics.DEFAULT.rejected(),
          record -> {
            RejectedEvent event = wire.decode(record.value(), RejectedEvent.class);
            if (event.getTopic().equals(EventIntake.SOURCE)
                && event.getReason().equals(RejectionReason.INVALID_FEATURE.code())) {
              kept.add(
                  StandardCharsets.UTF_8.decode(event.getOriginalValue().duplicate()).toString());
            } else {
              faults.add("rejected: " + event.getReason() + ", " + event.getDetail());
            }
          });
    }
    expect("bad events that are kept", bad.get(), kept.size());
  }

  private void expect(String what, double expected, double found) {
    if (expected != found) {
      faults.add("%s: %.0f, expected %.0f".formatted(what, found, expected));
    }
  }
}
