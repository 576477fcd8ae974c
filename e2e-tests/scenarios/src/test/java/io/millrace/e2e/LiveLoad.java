package io.millrace.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.event.Click;
import io.millrace.event.Outcome;
import io.millrace.feature.FeatureRecords;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import io.millrace.wire.EventRules;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Traffic of a live platform, some of it faulty: impressions, clicks, conversions, and retractions
 * of both, by an idempotent producer, rankings over HTTP, and a {@link Ledger} of what was
 * acknowledged. It goes on while brokers and servers are away.
 */
final class LiveLoad implements AutoCloseable {
  /** A header of each record that this load's producer writes: its number in the ledger. */
  static final String NUMBER = "n";

  /** An outcome that is sent beside clicks. */
  static final String CONVERSION = "conversion";

  private static final double CLICKED = 0.2;
  private static final double TWICE = 0.02;
  private static final double INVALID = 0.01;
  private static final double CONVERTED = 0.1;
  private static final double TAKEN_BACK = 0.25;
  private static final int CANDIDATES = 8;
  private static final int SHOWN = 4;
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
  private static final Duration FLUSH_WITHIN = Duration.ofSeconds(60);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Ledger ledger = new Ledger();
  private final String run;
  private final URI server;
  private final long windowMillis;
  private final KafkaSchemaRegistry registry;
  private final AvroWire wire;
  private final KafkaProducer<byte[], byte[]> producer;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  // Of the timer's thread.
  private final SplittableRandom random;
  private long sequence;

  /**
   * Starts traffic.
   *
   * @param run keeps its ids apart from those of other loads
   * @param window of clicks and conversions, about
   * @param impressionsPerSecond by the producer
   * @param rankingsPerSecond each logs four impressions
   */
  LiveLoad(
      LivePlatform platform,
      String run,
      Duration window,
      int impressionsPerSecond,
      int rankingsPerSecond,
      long seed) {
    this.run = run;
    this.server = platform.server();
    this.windowMillis = window.toMillis();
    this.random = new SplittableRandom(seed);
    this.registry =
        new KafkaSchemaRegistry(platform.client(), Topics.DEFAULT.schemas(), Clock.systemUTC());
    this.wire = new AvroWire(registry);
    Map<String, Object> config = new HashMap<>(platform.client());
    config.put("acks", "all");
    config.put("enable.idempotence", true);
    config.put("linger.ms", 2);
    config.put("request.timeout.ms", 10_000);
    config.put("delivery.timeout.ms", 300_000);
    config.put("max.block.ms", 300_000L);
    config.put("client.id", "load");
    this.producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    // All schemas are known before the first death.
    var unused = wire.encode(new Click("none", Instant.EPOCH));
    var unusedOne = wire.encode(new Outcome("none", CONVERSION, Instant.EPOCH, null, false));
    var unusedToo = wire.encode(features("none", 0));
    every(impressionsPerSecond, this::impression);
    every(rankingsPerSecond, this::rank);
  }

  private void every(int perSecond, Runnable task) {
    timer.scheduleAtFixedRate(
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            e.printStackTrace();
            throw e;
          }
        },
        0,
        1_000_000_000L / perSecond,
        TimeUnit.NANOSECONDS);
  }

  Ledger ledger() {
    return ledger;
  }

  private void impression() {
    long now = System.currentTimeMillis();
    String id = "%s-i%d".formatted(run, sequence++);
    if (random.nextDouble() < INVALID) {
      send(Topics.DEFAULT.impressions(), id, "not an event".getBytes(StandardCharsets.UTF_8));
      return;
    }
    byte[] value = wire.encode(features(id, now));
    send(Topics.DEFAULT.impressions(), id, value);
    if (random.nextDouble() < TWICE) {
      send(Topics.DEFAULT.impressions(), id, value);
    }
    maybeClick(id);
  }

  /** Some of the clicks come after the window, and some twice. */
  private void maybeClick(String id) {
    if (random.nextDouble() < CLICKED) {
      long delay = random.nextLong(windowMillis * 5 / 4);
      boolean twice = random.nextDouble() < 5 * TWICE;
      timer.schedule(
          () -> {
            byte[] value = wire.encode(new Click(id, Instant.now()));
            send(Topics.DEFAULT.clicks(), id, value);
            if (twice) {
              send(Topics.DEFAULT.clicks(), id, value);
            }
            maybeTakeBack(id, EventRules.CLICK);
          },
          delay,
          TimeUnit.MILLISECONDS);
    }
    if (random.nextDouble() < CONVERTED) {
      timer.schedule(
          () -> {
            outcome(id, CONVERSION, 9.5, false);
            maybeTakeBack(id, CONVERSION);
          },
          random.nextLong(windowMillis * 5 / 4),
          TimeUnit.MILLISECONDS);
    }
  }

  private void maybeTakeBack(String id, String outcome) {
    if (random.nextDouble() < TAKEN_BACK) {
      timer.schedule(
          () -> outcome(id, outcome, null, true),
          random.nextLong(windowMillis / 2),
          TimeUnit.MILLISECONDS);
    }
  }

  private void outcome(String id, String name, @Nullable Double value, boolean retracted) {
    byte[] event = wire.encode(new Outcome(id, name, Instant.now(), value, retracted));
    send(Topics.DEFAULT.clicks(), id, event);
  }

  private GenericRecord features(String id, long time) {
    Map<String, Object> values = new HashMap<>(Rankings.context(random));
    values.putAll(Rankings.ad(random));
    values.put("impression_id", id);
    values.put("event_time", time);
    return FeatureRecords.fromMap(Scenario.SCHEMA, values);
  }

  private void send(String topic, String key, byte[] value) {
    long number = sequence++;
    ledger.own().put(number, Ledger.Fate.SENT);
    byte[] header = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    producer.send(
        new ProducerRecord<>(
            topic,
            null,
            key.getBytes(StandardCharsets.UTF_8),
            value,
            List.of(new RecordHeader(NUMBER, header))),
        (metadata, failure) -> {
          if (failure == null) {
            ledger.own().put(number, Ledger.Fate.ACKNOWLEDGED);
          } else {
            System.out.println("not acknowledged: " + failure);
          }
        });
  }

  private void rank() {
    String ids = "%s-r%d-".formatted(run, sequence++);
    for (int i = 0; i < CANDIDATES; i++) {
      ledger.ranked().put(ids + i, Ledger.Fate.SENT);
    }
    byte[] body = Rankings.body(ids, CANDIDATES, SHOWN, true, random.nextLong());
    var unused =
        http.sendAsync(
                HttpRequest.newBuilder(server.resolve("/v1/rank"))
                    .timeout(ANSWER_WITHIN)
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .thenAccept(
                response -> {
                  if (response.statusCode() == 200) {
                    ranked(response.body());
                  }
                });
  }

  private void ranked(String body) {
    JsonNode answer;
    try {
      answer = MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer of 200 that is no JSON: " + body, e);
    }
    boolean logged = answer.required("logged").asBoolean();
    for (JsonNode result : answer.required("results")) {
      String id = result.required("impressionId").asText();
      if (logged) {
        ledger.ranked().put(id, Ledger.Fate.ACKNOWLEDGED);
      }
      timer.execute(() -> maybeClick(id));
    }
  }

  /** Ends the traffic, and waits until everything that was sent is acknowledged or given up. */
  void end() throws InterruptedException {
    Thread.sleep(ANSWER_WITHIN.toMillis());
    timer.shutdownNow();
    if (!timer.awaitTermination(FLUSH_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the load did not end within " + FLUSH_WITHIN);
    }
    producer.flush();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    producer.close(Duration.ofSeconds(1));
    registry.close();
  }
}
