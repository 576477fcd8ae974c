package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a live platform of 1 GB of heap for ten times what it can do, with slow clients and
 * malformed requests among it. Health answers quickly, ordinary rankings are answered or refused,
 * nothing ends, and the memory is back soon after.
 *
 * <p>Beside them stands the floor: what an answer of nothing takes on this machine meanwhile.
 *
 * <p>Arguments: seconds of overload (default 60), how many times its capacity (default 10), slow
 * clients (default 200). The exit status is 1 if anything is not as it must be.
 */
final class OverloadCampaign {
  private static final double HEALTH_MILLIS = 100;
  private static final int BEFORE_SECONDS = 20;
  private static final int RECOVERS_WITHIN_SECONDS = 10;
  private static final int CAPACITY_SECONDS = 10;
  private static final long SLACK_BYTES = 64L << 20;

  private OverloadCampaign() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    int times = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    int slow = args.length > 2 ? Integer.parseInt(args[2]) : 200;
    List<String> faults = new ArrayList<>();
    Path folder = Files.createTempDirectory("overload");
    try (LivePlatform platform = new LivePlatform(folder, "1g", "--model", "fm")) {
      platform.start();
      run(platform, folder, seconds, times, slow, faults);
    }
    faults.forEach(System.out::println);
    System.out.println(faults.size() + " faults");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private static void run(
      LivePlatform platform, Path folder, int seconds, int times, int slow, List<String> faults)
      throws IOException, InterruptedException {
    int port = platform.serverPort();
    double capacity = capacity(port);
    System.out.printf(
        "capacity: %.1f rankings of %d candidates a second%n", capacity, Flood.CANDIDATES);
    try (SteadyRequests rankings =
            new SteadyRequests(
                port,
                64,
                20,
                n -> Exchange.post("/v1/rank", Rankings.body("", 20, 5, true, n), ""),
                (n, reply) -> {});
        SteadyRequests healths =
            new SteadyRequests(port, 4, 20, n -> Exchange.get("/health"), (n, reply) -> {});
        Floor floor = new Floor();
        SteadyRequests floors =
            new SteadyRequests(floor.port(), 4, 20, n -> Exchange.get("/"), (n, reply) -> {})) {
      Thread.sleep(BEFORE_SECONDS * 1000L);
      Memory calm = memory(platform);
      report(
          "before", rankings.nextPhase(), healths.nextPhase(), floors.nextPhase(), platform, calm);
      MillraceProcess flood = flood(folder, port, seconds, capacity * times, slow);
      Thread.sleep(seconds * 1000L / 2);
      report(
          "first half",
          check200(rankings, faults),
          check(healths, faults),
          floors.nextPhase(),
          platform,
          null);
      flood.awaitExit(Duration.ofSeconds(seconds + 30L));
      report(
          "second half",
          check200(rankings, faults),
          check(healths, faults),
          floors.nextPhase(),
          platform,
          null);
      String flooded = flood.output();
      System.out.print(flooded);
      flooded
          .lines()
          .filter(line -> line.contains("ended {") && !line.endsWith("ended {}"))
          .forEach(line -> faults.add("without an answer: " + line));
      if (flood.exitStatus() != 0) {
        faults.add("the flood ended with status " + flood.exitStatus());
      }
      Thread.sleep(RECOVERS_WITHIN_SECONDS * 1000L);
      Memory over = memory(platform);
      SteadyRequests.Phase recovering = rankings.nextPhase();
      report("10 s after", recovering, check(healths, faults), floors.nextPhase(), platform, over);
      if (over.heap() > calm.heap() + SLACK_BYTES || over.direct() > calm.direct() + SLACK_BYTES) {
        faults.add("memory: %s, expected about %s".formatted(over, calm));
      }
      Thread.sleep(10_000);
      SteadyRequests.Phase calmAgain = check200(rankings, faults);
      report("after", calmAgain, check(healths, faults), floors.nextPhase(), platform, null);
      if (calmAgain.answers(200) != calmAgain.answers()) {
        faults.add("rankings after the overload: " + calmAgain + ", expected 200 for each");
      }
    }
    JsonNode inFlight = platform.status().path("admission");
    System.out.println("in flight " + inFlight);
    if (!platform.millrace().isAlive()) {
      faults.add("up has ended: " + platform.millrace().output());
    }
  }

  /** Large rankings a second, with as many at a time as keep two cores busy. */
  private static double capacity(int port) throws InterruptedException {
    byte[] large = Exchange.post("/v1/rank", Rankings.body("", Flood.CANDIDATES, 10, false, 1), "");
    try (SteadyRequests most = new SteadyRequests(port, 3, 1e6, n -> large, (n, reply) -> {})) {
      Thread.sleep(CAPACITY_SECONDS * 1000L);
      most.nextPhase();
      Thread.sleep(CAPACITY_SECONDS * 1000L);
      return most.nextPhase().answers(200) / (double) CAPACITY_SECONDS;
    }
  }

  private static MillraceProcess flood(
      Path folder, int port, int seconds, double perSecond, int slow)
      throws IOException, InterruptedException {
    MillraceProcess flood =
        MillraceProcess.start(
            folder,
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=256m"),
            Flood.class.getName(),
            String.valueOf(port),
            String.valueOf(seconds),
            String.valueOf(perSecond * 0.8),
            String.valueOf(perSecond * 0.2),
            String.valueOf(slow),
            "100");
    // Its client would else take a core from the server that it floods.
    ProcessBuilder nicer =
        new ProcessBuilder("renice", "-n", "10", "-p", String.valueOf(flood.pid()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    // Then -n counts from what it is.
    nicer.environment().put("POSIXLY_CORRECT", "1");
    if (nicer.start().waitFor() != 0) {
      System.out.println("the flood is as nice as its server");
    }
    return flood;
  }

  private static SteadyRequests.Phase check(SteadyRequests healths, List<String> faults) {
    SteadyRequests.Phase phase = healths.nextPhase();
    if (phase.millis(100) > HEALTH_MILLIS
        || phase.answers(200) != phase.answers()
        || !phase.failures().isEmpty()) {
      faults.add("/health: " + phase + ", expected 200 within 100 ms");
    }
    return phase;
  }

  /** Each ranking is answered or refused. */
  private static SteadyRequests.Phase check200(SteadyRequests rankings, List<String> faults) {
    SteadyRequests.Phase phase = rankings.nextPhase();
    if (!phase.failures().isEmpty() || phase.answers(200) + phase.answers(503) != phase.answers()) {
      faults.add("rankings: " + phase + ", expected 200 or 503 for each");
    }
    return phase;
  }

  /** After a collection of garbage, in bytes. */
  private record Memory(long heap, long direct) {
    @Override
    public String toString() {
      return "heap %d MiB, direct %d MiB".formatted(heap >> 20, direct >> 20);
    }
  }

  private static Memory memory(LivePlatform platform) throws IOException, InterruptedException {
    MillraceProcess millrace = platform.millrace();
    String word = "memory ";
    int before = millrace.timesSaid(word);
    millrace.tell("memory");
    while (millrace.timesSaid(word) == before && millrace.isAlive()) {
      Thread.sleep(20);
    }
    Thread.sleep(100);
    String said = millrace.outputSoFar();
    String[] numbers =
        said.substring(said.lastIndexOf(word) + word.length()).strip().split("\\s+", -1);
    return new Memory(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
  }

  private static void report(
      String name,
      SteadyRequests.Phase rankings,
      SteadyRequests.Phase healths,
      SteadyRequests.Phase floor,
      LivePlatform platform,
      @Nullable Memory memory)
      throws IOException {
    System.out.printf(
        "%s%n  rank    %s%n  /health %s%n  floor   %s%n  %s%s%n",
        name, rankings, healths, floor, resident(platform), memory == null ? "" : ", " + memory);
  }

  private static String resident(LivePlatform platform) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(platform.millrace().pid()), "status"))
        .stream()
        .filter(line -> line.startsWith("VmRSS"))
        .findFirst()
        .orElse("")
        .replaceAll("\\s+", " ");
  }
}
