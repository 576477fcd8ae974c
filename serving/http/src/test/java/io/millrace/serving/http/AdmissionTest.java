package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a server takes on, and what it leaves. */
class AdmissionTest {
  private static final String RANK =
      "{\"log\":false,\"candidates\":[{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}]}";

  /** A source at which the workers wait until they are let go. */
  private static final class Gate extends ServedFixture.Source {
    final CountDownLatch open = new CountDownLatch(1);
    final AtomicInteger arrived = new AtomicInteger();

    Gate() {
      super(ServedFixture.version("clicks", ModelKind.FM, 1));
    }

    @Override
    public Optional<ModelSnapshot> current() {
      if (Thread.currentThread().getName().startsWith("millrace-server-")) {
        arrived.incrementAndGet();
        try {
          open.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return super.current();
    }
  }

  private static MillraceServer start(Gate gate, RequestLimits limits) {
    ServerConfig config =
        Fixture.config(
                Map.of("bootstrap.servers", "127.0.0.1:1"), new InMemorySchemaRegistry(), gate)
            .withSettings(s -> s.withLimits(limits));
    return MillraceServer.start(config, List.of(gate));
  }

  private static CompletableFuture<Http.Answer> ask(Http http, String body) {
    return CompletableFuture.supplyAsync(() -> http.post("/v1/rank", body));
  }

  @Test
  void whileEveryWorkerIsBusyTheServerTellsHowItIs() {
    Gate gate = new Gate();
    try (MillraceServer server = start(gate, RequestLimits.defaults().withWorkers(1))) {
      Http http = Http.to(server);
      CompletableFuture<Http.Answer> busy = ask(http, RANK);
      await().until(() -> gate.arrived.get() == 1);
      assertThat(http.get("/health").status()).isEqualTo(200);
      assertThat(http.get("/ready").status()).isEqualTo(503); // Kafka is away
      assertThat(http.get("/metrics").body()).contains("millrace_in_flight_requests 1.0\n");
      assertThat(http.get("/v1/status").json().at("/admission/candidatesInFlight").asLong())
          .isPositive();
      assertThat(http.get("/console/icon.svg").status()).isEqualTo(200);
      gate.open.countDown();
      assertThat(busy.join().status()).isEqualTo(200);
      await().until(() -> http.get("/metrics").body().contains("millrace_in_flight_bytes 0.0\n"));
    }
  }

  @Test
  void aRequestBeyondTheBytesInFlightIsRefusedBeforeItsBodyIsRead() throws Exception {
    RequestLimits limits = RequestLimits.defaults().withInFlight(2 << 20, 100, 100_000);
    try (MillraceServer server = start(new Gate(), limits);
        RawHttp first = new RawHttp(server);
        RawHttp second = new RawHttp(server);
        RawHttp third = new RawHttp(server)) {
      first.post("/v1/rank", "Content-Length: 1000000\r\n", "");
      second.post("/v1/rank", "Content-Length: 1000000\r\n", "");
      await().until(() -> DoorsTest.inFlight(server).equals("2000000 bytes, 2 requests"));
      third.post("/v1/rank", "Content-Length: 1000000\r\n", "");
      assertThat(third.answer())
          .startsWith("HTTP/1.1 503 ")
          .contains("retry-after: 1\r\n", "as much to do as it takes on at a time");
      second.close();
      await().until(() -> DoorsTest.inFlight(server).equals("1000000 bytes, 1 requests"));
      assertThat(Http.to(server).get("/metrics").body())
          .contains(
              "millrace_requests_refused_total{reason=\"bytes\"} 1.0\n",
              "millrace_requests_total{endpoint=\"rank\",status=\"503\"} 1.0\n");
      // The connection of who was refused goes on, once its body is past.
      third.send("x".repeat(1_000_000)).send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(third.answer()).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void whatIsAcceptedIsAnsweredAndTheRestIsRefusedAtOnce() {
    Gate gate = new Gate();
    RequestLimits limits =
        RequestLimits.defaults().withWorkers(1).withInFlight(4 << 20, 3, 100_000);
    try (MillraceServer server = start(gate, limits)) {
      Http http = Http.to(server);
      List<CompletableFuture<Http.Answer>> accepted = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        accepted.add(ask(http, RANK));
        int so = i;
        await().until(() -> DoorsTest.inFlight(server).endsWith(", " + so + " requests"));
      }
      for (int i = 0; i < 20; i++) {
        Http.Answer refused = http.post("/v1/rank", RANK);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
      }
      gate.open.countDown();
      accepted.forEach(answer -> assertThat(answer.join().status()).isEqualTo(200));
    }
  }

  @Test
  void candidatesInFlightAreBounded() {
    Gate gate = new Gate();
    RequestLimits limits =
        RequestLimits.defaults().withWorkers(1).withInFlight(4 << 20, 100, 10_000);
    String many =
        IntStream.range(0, 6000)
            .mapToObj(i -> "{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}")
            .collect(Collectors.joining(",", "{\"log\":false,\"candidates\":[", "]}"));
    try (MillraceServer server = start(gate, limits)) {
      Http http = Http.to(server);
      CompletableFuture<Http.Answer> first = ask(http, many);
      await().until(() -> gate.arrived.get() == 1);
      assertThat(http.post("/v1/rank", many).status()).isEqualTo(503);
      gate.open.countDown();
      assertThat(first.join().status()).isEqualTo(200);
      assertThat(http.post("/v1/rank", many).status()).isEqualTo(200);
    }
  }

  @Test
  void noWorkIsDoneForWhoeverHasBeenToldToTryLater() {
    Gate gate = new Gate();
    RequestLimits limits =
        RequestLimits.defaults().withWorkers(1).withDeadline(Duration.ofMillis(500));
    try (MillraceServer server = start(gate, limits)) {
      Http http = Http.to(server);
      List<CompletableFuture<Http.Answer>> late =
          IntStream.range(0, 5).mapToObj(i -> ask(http, RANK)).toList();
      late.forEach(
          answer -> {
            assertThat(answer.join().status()).isEqualTo(503);
            assertThat(answer.join().headers().firstValue("retry-after")).hasValue("1");
          });
      gate.open.countDown();
      await().until(() -> DoorsTest.inFlight(server).equals("0 bytes, 0 requests"));
      assertThat(http.get("/metrics").body())
          .contains(
              "millrace_forward_duration_seconds_count{model=\"clicks\"} 0\n",
              "millrace_requests_abandoned_total 5.0\n");
      // The first asked for a version, which takes a look or two; the others did not even do that.
      assertThat(gate.arrived.get()).isLessThan(4);
      assertThat(http.post("/v1/rank", RANK).status()).isEqualTo(200);
    }
  }

  @Test
  void reservationsAreGivenBackOnce() {
    Admission admission = new Admission(RequestLimits.defaults());
    Admission.Ticket ticket = Objects.requireNonNull(admission.enter(100));
    assertThat(ticket.bodyIsIn(60, 5)).isTrue();
    assertThat(admission.counts().bytesInFlight()).isEqualTo(60);
    ticket.workIsDone();
    assertThat(admission.counts().bytesInFlight()).isZero();
    assertThat(admission.counts().requestsInFlight()).isEqualTo(1);
    ticket.close();
    ticket.close();
    assertThat(admission.counts())
        .isEqualTo(new Admission.Counts(0, 0, 0, new Admission.Refused(0, 0, 0), 0));
  }

  @Test
  void boundsFollowTheHeap() {
    RequestLimits gigabyte = RequestLimits.of(1L << 30, 2);
    assertThat(gigabyte.bytesInFlight()).isEqualTo(64 << 20);
    assertThat(gigabyte.connections()).isEqualTo(4096);
    assertThat(gigabyte.workers()).isEqualTo(2);
    assertThat(RequestLimits.of(64L << 20, 1).bytesInFlight()).isEqualTo(4 << 20);
  }
}
