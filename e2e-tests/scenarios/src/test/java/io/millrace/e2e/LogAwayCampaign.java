package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Takes the broker away from a live platform under steady rankings: answers stay quick, health and
 * readiness say what is wrong, and in the end each impression that was answered as logged is in the
 * topic once.
 *
 * <p>Beside them stands the floor: what an answer of nothing takes on this machine meanwhile.
 *
 * <p>Arguments: seconds without a broker (default 60), rankings a second (default 200), impressions
 * of each (default 20). The exit status is 1 if anything is not as it must be.
 */
final class LogAwayCampaign {
  private static final int CONNECTIONS = 160;
  private static final int BEFORE_SECONDS = 30;
  private static final int AFTER_SECONDS = 30;
  private static final int SETTLE_SECONDS = 20;
  private static final double HEALTH_MILLIS = 100;
  private static final int CANDIDATES = 30;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private LogAwayCampaign() {}

  public static void main(String[] args) throws Exception {
    int awaySeconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    int perSecond = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    int shown = args.length > 2 ? Integer.parseInt(args[2]) : 20;
    Path folder = Files.createTempDirectory("log-away");
    List<String> faults = new ArrayList<>();
    try (LivePlatform platform = new LivePlatform(folder, "3g", "--model", "fm")) {
      platform.start();
      run(platform, awaySeconds, perSecond, shown, faults);
    }
    faults.forEach(System.out::println);
    System.out.println(faults.size() + " faults");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private static void run(
      LivePlatform platform, int awaySeconds, int perSecond, int shown, List<String> faults)
      throws IOException, InterruptedException {
    Ledger ledger = new Ledger();
    AtomicLong logged = new AtomicLong();
    AtomicLong unlogged = new AtomicLong();
    AtomicReference<String> health = new AtomicReference<>("");
    AtomicReference<String> ready = new AtomicReference<>("");
    int port = platform.serverPort();
    try (SteadyRequests rankings =
            new SteadyRequests(
                port,
                CONNECTIONS,
                perSecond,
                number -> request(number, shown, ledger),
                (number, reply) -> {
                  if (reply.status() == 200) {
                    (take(reply.body(), ledger) ? logged : unlogged).incrementAndGet();
                  }
                });
        SteadyRequests healths =
            new SteadyRequests(
                port, 4, 10, n -> Exchange.get("/health"), (n, reply) -> health.set(reply.body()));
        SteadyRequests readies =
            new SteadyRequests(
                port, 4, 10, n -> Exchange.get("/ready"), (n, reply) -> ready.set(reply.body()));
        Floor floor = new Floor();
        SteadyRequests floors =
            new SteadyRequests(floor.port(), 4, 10, n -> Exchange.get("/"), (n, reply) -> {})) {
      Thread.sleep(SETTLE_SECONDS * 1000L);
      nextPhase("warm", rankings, healths, readies, floors, logged, unlogged);
      Thread.sleep(BEFORE_SECONDS * 1000L);
      Phases before = nextPhase("before", rankings, healths, readies, floors, logged, unlogged);
      platform.killBroker();
      Thread.sleep(awaySeconds * 1000L);
      String healthAway = String.valueOf(health.get());
      String readyAway = String.valueOf(ready.get());
      Phases away = nextPhase("away", rankings, healths, readies, floors, logged, unlogged);
      System.out.printf("  /health %s%n  /ready  %s%n", healthAway, readyAway);
      platform.startBroker();
      Thread.sleep(SETTLE_SECONDS * 1000L);
      Phases back = nextPhase("back", rankings, healths, readies, floors, logged, unlogged);
      Thread.sleep(AFTER_SECONDS * 1000L);
      Phases after = nextPhase("after", rankings, healths, readies, floors, logged, unlogged);
      if (away.rankings.millis(99) > 2 * before.rankings.millis(99)) {
        faults.add(
            "p99 of answers without a broker: %.1f ms, expected at most twice %.1f ms"
                .formatted(away.rankings.millis(99), before.rankings.millis(99)));
      }
      for (Phases phases : List.of(before, away, back, after)) {
        for (SteadyRequests.Phase phase : List.of(phases.healths, phases.readies)) {
          if (phase.millis(100) > HEALTH_MILLIS || !phase.failures().isEmpty()) {
            faults.add("health or readiness: " + phase + ", expected < 100 ms");
          }
        }
        if (!phases.rankings.failures().isEmpty()
            || phases.rankings.answers(200) != phases.rankings.answers()) {
          faults.add("rankings: " + phases.rankings + ", expected 200 for each");
        }
      }
      if (!healthAway.contains("Kafka") || !readyAway.contains("Kafka")) {
        faults.add("health or readiness do not name Kafka: %s %s".formatted(healthAway, readyAway));
      }
    }
    awaitEmptyBuffer(platform, faults);
    LiveLog.Findings findings = new LiveLog(platform.client()).against(ledger);
    findings.counts().forEach((name, count) -> System.out.printf("%-40s %d%n", name, count));
    faults.addAll(findings.faults().stream().limit(20).toList());
  }

  private record Phases(
      SteadyRequests.Phase rankings, SteadyRequests.Phase healths, SteadyRequests.Phase readies) {}

  private static Phases nextPhase(
      String name,
      SteadyRequests rankings,
      SteadyRequests healths,
      SteadyRequests readies,
      SteadyRequests floors,
      AtomicLong logged,
      AtomicLong unlogged) {
    Phases over = new Phases(rankings.nextPhase(), healths.nextPhase(), readies.nextPhase());
    System.out.printf(
        "%s%n  rank    %s; logged %d, unlogged %d%n  /health %s%n  /ready  %s%n  floor   %s%n",
        name,
        over.rankings,
        logged.getAndSet(0),
        unlogged.getAndSet(0),
        over.healths,
        over.readies,
        floors.nextPhase());
    return over;
  }

  private static byte[] request(long number, int shown, Ledger ledger) {
    String ids = "a" + number + "-";
    for (int i = 0; i < CANDIDATES; i++) {
      ledger.ranked().put(ids + i, Ledger.Fate.SENT);
    }
    return Exchange.post("/v1/rank", Rankings.body(ids, CANDIDATES, shown, true, number), "");
  }

  private static boolean take(String body, Ledger ledger) {
    try {
      JsonNode answer = MAPPER.readTree(body);
      boolean logged = answer.required("logged").asBoolean();
      if (logged) {
        for (JsonNode result : answer.required("results")) {
          ledger.ranked().put(result.required("impressionId").asText(), Ledger.Fate.ACKNOWLEDGED);
        }
      }
      return logged;
    } catch (IOException e) {
      throw new IllegalStateException("an answer of 200 that is no JSON: " + body, e);
    }
  }

  private static void awaitEmptyBuffer(LivePlatform platform, List<String> faults)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    JsonNode impressions = platform.status().path("impressions");
    while (impressions.path("waiting").asLong() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(200);
      impressions = platform.status().path("impressions");
    }
    System.out.println("impressions " + impressions);
    if (impressions.path("waiting").asLong() > 0) {
      faults.add("impressions wait still: " + impressions);
    }
  }
}
