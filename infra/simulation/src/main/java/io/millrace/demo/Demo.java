package io.millrace.demo;

import io.millrace.metrics.Metrics;
import io.millrace.metrics.TruthMetrics;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.world.Ad;
import io.millrace.world.AdWorld;
import io.millrace.world.Outcome;
import io.millrace.world.Outcome.Consequence;
import io.millrace.world.WorldTruth;
import java.io.PrintStream;
import java.net.URI;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a market against a platform: asks the server for ads at a fixed rate, lets the world decide
 * what is clicked, and writes clicks, duplicates and invalid events to Kafka when they are due.
 *
 * <p>Tastes and ads are functions of seed and wall time, ids contain the time of the start, and the
 * ceiling is kept in a file: a demo that starts again on the same data goes on where it was; only
 * what users clicked last is forgotten.
 *
 * <p>{@link #run} works on its caller's thread; {@link #stop} and {@link #figures} may be called by
 * any.
 */
public final class Demo implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
  private static final long STATUS_MILLIS = 500;
  private static final long READY_POLL_MILLIS = 100;
  private static final long LONGEST_WAIT_MILLIS = 20;
  private static final long LONGEST_BACKLOG_MILLIS = 5_000;
  private static final long LAST_ANSWERS_MILLIS = 2_000;

  private record Answer(
      AdWorld.Opportunity opportunity,
      RankClient.@Nullable Ranked ranked,
      @Nullable Throwable failure) {}

  private record Due(
      Consequence consequence, String impressionId, AdWorld.Opportunity opportunity, Ad ad) {}

  private final DemoConfig config;
  private final RankClient client;
  private final EventWriter writer;
  private final Clock clock;
  private final LiveLine line;
  private final String runId;
  private final AdWorld world;
  private final WorldTruth truth = new WorldTruth();
  private final LinkedBlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparingLong(d -> d.consequence().dueMillis()));
  private Optional<OneClick> oneClick = Optional.empty();
  private long nowMillis;
  private int inFlight;
  private long requests;
  private long impressions;
  private long failed;
  private long clicks;
  private long lateClicks;
  private long duplicates;
  private long invalid;
  private long nextStatusMillis;
  private long rateSinceMillis;
  private long rateSinceEvents;
  private volatile boolean stopped;
  private volatile PlatformStatus status = PlatformStatus.UNKNOWN;
  private volatile Optional<DemoFigures> figures = Optional.empty();

  /**
   * Prepares a demo; nothing is sent before {@link #run}.
   *
   * @param server address of the server
   * @param kafkaClient Kafka client properties, at least {@code bootstrap.servers}
   * @param registry of the platform; stays open
   * @param out for the live line
   * @param terminal whether {@code out} is a terminal, where the line is rewritten in place
   */
  public Demo(
      DemoConfig config,
      URI server,
      Map<String, Object> kafkaClient,
      Topics topics,
      SchemaRegistry registry,
      Clock clock,
      PrintStream out,
      boolean terminal) {
    this.config = config;
    this.clock = clock;
    this.nowMillis = clock.millis();
    this.runId = Long.toString(nowMillis, 36);
    this.client = new RankClient(server, config.model());
    this.writer = new EventWriter(kafkaClient, topics, registry, runId);
    this.line = new LiveLine(out, terminal);
    this.world = new AdWorld(config.world());
  }

  /**
   * Waits until the server answers, shows what one click does, and drives the world for the
   * configured duration or until {@link #stop}.
   */
  public DemoReport run() throws InterruptedException {
    awaitReady();
    showOneClick();
    long startMillis = now();
    rateSinceMillis = startMillis;
    long asked = 0;
    long endMillis = config.duration().map(d -> startMillis + d.toMillis()).orElse(Long.MAX_VALUE);
    long originMillis = startMillis;
    while (!stopped && now() < endMillis) {
      while (inFlight < config.maxInFlight() && requestDueAt(originMillis, asked) <= now()) {
        ask();
        asked++;
      }
      long behind = nowMillis - requestDueAt(originMillis, asked);
      if (behind > LONGEST_BACKLOG_MILLIS) {
        LOG.warn("{} ms behind: leaving out the requests of that time", behind);
        originMillis += behind;
      }
      step(requestDueAt(originMillis, asked));
    }
    TruthMetrics minute = truth.lastMinute();
    finish();
    return report(minute);
  }

  /** Ends {@link #run} soon; may be called more than once, by any thread. */
  public void stop() {
    stopped = true;
  }

  /** The ceiling and the demo's counts, for the server's status. */
  public Optional<DemoFigures> figures() {
    return figures;
  }

  /** Frees connections; only after {@link #run} has returned. */
  @Override
  public void close() {
    writer.close();
  }

  private long requestDueAt(long originMillis, long asked) {
    return originMillis + asked * 1_000 / config.requestsPerSecond();
  }

  /** The clock's time, but never back: the world doesn't go back either. */
  private long now() {
    nowMillis = Math.max(nowMillis, clock.millis());
    return nowMillis;
  }

  private void awaitReady() throws InterruptedException {
    boolean told = false;
    while (!stopped) {
      try {
        status = Answers.await(client.status());
        if (status.ready()) {
          return;
        }
      } catch (RankClient.RefusedException | TimeoutException e) {
        LOG.debug("the server is not there yet: {}", e.toString());
      }
      if (!told) {
        line.print("Waiting for the server to have a model ...");
        told = true;
      }
      Thread.sleep(READY_POLL_MILLIS);
    }
  }

  private void showOneClick() throws InterruptedException {
    if (stopped) {
      return;
    }
    try {
      oneClick =
          OneClick.show(client, writer, world.next(now()).request(), "newcomer-" + runId, clock);
      line.print(
          oneClick
              .map(OneClick::toString)
              .orElse("One click has changed no prediction within 20 seconds."));
    } catch (RankClient.RefusedException | TimeoutException e) {
      line.print("One click could not be shown: " + e.getMessage());
    }
  }

  private void ask() {
    AdWorld.Opportunity opportunity = world.next(nowMillis);
    inFlight++;
    requests++;
    var unused =
        client
            .rank(opportunity.request())
            .whenComplete(
                (ranked, failure) -> answers.add(new Answer(opportunity, ranked, failure)));
  }

  /** Does what is due, and waits for an answer or the next thing to do. */
  private void step(long wakeMillis) throws InterruptedException {
    sendDue(now());
    refreshStatus();
    long wait = Math.min(wakeMillis - nowMillis, LONGEST_WAIT_MILLIS);
    boolean full = inFlight >= config.maxInFlight();
    Answer answer =
        answers.poll(full ? LONGEST_WAIT_MILLIS : Math.max(0, wait), TimeUnit.MILLISECONDS);
    while (answer != null) {
      answered(answer);
      answer = answers.poll();
    }
  }

  private void answered(Answer answer) {
    inFlight--;
    RankClient.Ranked ranked = answer.ranked();
    if (ranked == null) {
      failed++;
      LOG.debug("a request failed", answer.failure());
      return;
    }
    impressions++;
    AdWorld.Opportunity opportunity = answer.opportunity();
    Ad ad = opportunity.request().candidates().get(ranked.candidate());
    Outcome outcome = world.show(opportunity, ranked.candidate(), now());
    truth.shown(nowMillis, ranked.probability(), outcome);
    for (Consequence consequence : outcome.consequences()) {
      due.add(new Due(consequence, ranked.impressionId(), opportunity, ad));
    }
  }

  private void sendDue(long untilMillis) {
    Due next = due.peek();
    while (next != null && next.consequence().dueMillis() <= untilMillis) {
      due.remove();
      send(next);
      next = due.peek();
    }
  }

  private void send(Due what) {
    long time = Math.min(what.consequence().dueMillis(), nowMillis);
    var request = what.opportunity().request();
    if (what.consequence() instanceof Outcome.Click) {
      clicks++;
      writer.click(what.impressionId(), time);
    } else if (what.consequence() instanceof Outcome.LateClick) {
      lateClicks++;
      writer.click(what.impressionId(), time);
    } else if (what.consequence() instanceof Outcome.DuplicateClick) {
      duplicates++;
      writer.click(what.impressionId(), time);
    } else if (what.consequence() instanceof Outcome.DuplicateImpression) {
      duplicates++;
      writer.impression(what.impressionId(), request.timeMillis(), request, what.ad());
    } else if (what.consequence() instanceof Outcome.InvalidEvent event) {
      invalid++;
      writer.invalid(event.defect(), time, request, what.ad());
    }
  }

  private void refreshStatus() {
    if (nowMillis >= nextStatusMillis) {
      nextStatusMillis = nowMillis + STATUS_MILLIS;
      var unused =
          client
              .status()
              .whenComplete(
                  (newest, failure) -> {
                    if (newest != null) {
                      status = newest;
                    } else {
                      LOG.debug("no status", failure);
                    }
                  });
      publishFigures();
    }
    if (line.due(nowMillis)) {
      long events = impressions + clicks + lateClicks + duplicates + invalid;
      double seconds = Math.max(1, nowMillis - rateSinceMillis) / 1e3;
      double rate = (events - rateSinceEvents) / seconds;
      rateSinceMillis = nowMillis;
      rateSinceEvents = events;
      line.show(nowMillis, LiveLine.text(rate, status, truth));
    }
  }

  private void publishFigures() {
    figures =
        Optional.of(
            new DemoFigures(truth.metrics(), truth.lastMinute(), requests, failed, inFlight));
  }

  /**
   * Leaves no click unsent: those that are not due yet are sent at once, since nobody would send
   * them later.
   */
  private void finish() throws InterruptedException {
    long lastAnswers = now() + LAST_ANSWERS_MILLIS;
    while (inFlight > 0 && now() < lastAnswers) {
      step(lastAnswers);
    }
    due.removeIf(d -> d.consequence() instanceof Outcome.LateClick);
    sendDue(Long.MAX_VALUE);
    writer.flush();
    publishFigures();
    try {
      status = Answers.await(client.status());
    } catch (RankClient.RefusedException | TimeoutException e) {
      LOG.warn("no status at the end: {}", e.toString());
    }
  }

  private DemoReport report(TruthMetrics minute) {
    return new DemoReport(
        requests,
        impressions,
        failed,
        clicks,
        lateClicks,
        duplicates,
        invalid,
        truth.metrics(),
        minute,
        Objects.requireNonNullElse(status.served().all(), Metrics.NONE),
        status.served().countedUntil(),
        status.served().nextAt(),
        status.freshP50Millis(),
        status.freshP99Millis(),
        status.version(),
        oneClick.map(
            c ->
                new DemoReport.OneClickReport(
                    c.before(), c.after(), c.versionBefore(), c.versionAfter(), c.millis())));
  }
}
