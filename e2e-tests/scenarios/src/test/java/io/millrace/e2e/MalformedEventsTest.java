package io.millrace.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.event.Click;
import io.millrace.event.IngestionCounts;
import io.millrace.event.RejectedEvent;
import io.millrace.feature.FeatureRecords;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events that no platform should see, among ones that it should learn from. */
class MalformedEventsTest {
  private static final int GOOD = 60;

  private final List<byte[]> expected = new ArrayList<>();

  @Test
  void nothingStopsTheLoopAndWhatIsRejectedIsKept(@TempDir Path folder) throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      scenario.await("ready", s -> s.path("ready").asBoolean());
      AvroWire wire = new AvroWire(scenario.platform().registry());
      Map<String, Object> client = new HashMap<>(scenario.platform().client());
      client.put("max.request.size", 32 << 20);
      client.put("buffer.memory", 64L << 20);
      try (var producer =
          new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
        String impressions = scenario.platform().topics().impressions();
        String clicks = scenario.platform().topics().clicks();
        for (int i = 0; i < GOOD; i++) {
          byte[] impression = wire.encode(features("good-" + i, System.currentTimeMillis()));
          send(producer, impressions, impression);
          if (i % 3 == 0) {
            byte[] click = wire.encode(new Click("good-" + i, Instant.now()));
            send(producer, clicks, click);
            send(producer, clicks, click); // once more
          }
          if (i % 4 == 0) {
            send(producer, impressions, impression); // once more
          }
          if (i == GOOD / 2) {
            sendBad(producer, wire, impressions, clicks);
          }
        }
        producer.flush();
      }
      JsonNode status =
          scenario.await(
              GOOD + " examples learned, " + expected.size() + " events rejected",
              s -> Scenario.metric(s, "learned") == GOOD && rejected(s) == expected.size());

      assertThat(Scenario.ingested(status, "positives")).isEqualTo(GOOD / 3);
      assertThat(Scenario.ingested(status, "negatives")).isEqualTo(GOOD - GOOD / 3);
      assertThat(Scenario.ingested(status, "duplicate_impressions")).isEqualTo(GOOD / 4);
      assertThat(Scenario.ingested(status, "duplicate_clicks")).isEqualTo(GOOD / 3);
      assertThat(scenario.platform().failure()).isEmpty();
    }
    try (ReplayedData left = new ReplayedData(folder)) {
      List<RejectedEvent> rejected = left.rejected();
      assertThat(rejected).hasSameSizeAs(expected);
      for (byte[] original : expected) {
        assertThat(rejected)
            .as("rejected events with these %d original bytes", original.length)
            .anyMatch(r -> Arrays.equals(bytes(r.getOriginalValue()), original));
      }
      assertThat(rejected).allMatch(r -> !r.getReason().isEmpty() && !r.getDetail().isEmpty());
    }
  }

  private void sendBad(
      KafkaProducer<byte[], byte[]> producer, AvroWire wire, String impressions, String clicks) {
    long now = System.currentTimeMillis();
    bad(producer, impressions, "not an event".getBytes(UTF_8));
    bad(producer, clicks, new byte[] {0, 1});
    byte[] unknownId = ByteBuffer.allocate(9).put((byte) 0).putInt(999_999).putInt(7).array();
    bad(producer, impressions, unknownId);
    bad(producer, clicks, unknownId);
    byte[] whole = wire.encode(features("cut-short", now));
    bad(producer, impressions, Arrays.copyOf(whole, whole.length - 3));
    GenericRecord nan = features("nan", now);
    nan.put("price", Double.NaN);
    bad(producer, impressions, wire.encode(nan));
    bad(producer, impressions, wire.encode(features("long-ago", 0)));
    bad(producer, impressions, wire.encode(features("far-ahead", Long.MAX_VALUE / 2)));
    GenericRecord long10 = features("ten-megabytes", now);
    long10.put("user_segment", "x".repeat(10 << 20));
    bad(producer, impressions, wire.encode(long10));
    bad(producer, impressions, wire.encode(features("", now)));
    bad(producer, clicks, wire.encode(new Click("never-shown", Instant.now())));
    bad(
        producer,
        clicks,
        wire.encode(
            IngestionCounts.newBuilder()
                .setCountedTime(Instant.now())
                .setCounts(Map.of())
                .build()));
  }

  private void bad(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) {
    expected.add(value);
    send(producer, topic, value);
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(topic, value));
  }

  private static byte[] bytes(@Nullable ByteBuffer buffer) {
    if (buffer == null) {
      return new byte[0];
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static long rejected(JsonNode status) {
    long sum = 0;
    for (String reason :
        List.of(
            "malformed_bytes",
            "unknown_schema_id",
            "undecodable",
            "unexpected_type",
            "invalid_feature",
            "absurd_event_time",
            "click_for_unknown_impression",
            "too_large",
            "invalid_id")) {
      sum += Scenario.ingested(status, reason);
    }
    return sum;
  }

  private static GenericRecord features(String id, long time) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("impression_id", id);
    values.put("event_time", time);
    values.put("user_id", "user-1");
    values.put("user_segment", "student");
    values.put("device", "phone");
    values.put("hour", 12);
    values.put("ad_id", "ad-1");
    values.put("advertiser", "advertiser-1");
    values.put("category", "games");
    values.put("price", 9.5);
    return FeatureRecords.fromMap(Scenario.SCHEMA, values);
  }
}
