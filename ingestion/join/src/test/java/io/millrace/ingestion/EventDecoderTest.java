package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Example;
import io.millrace.event.RejectedEvent;
import io.millrace.event.Served;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventDecoderTest {
  private static final int MAX_BYTES = 1 << 20;
  private static final long NOW = TestEvents.NOW;

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final TestEvents events = new TestEvents(registry);
  private final EventDecoder decoder = new EventDecoder(registry, MAX_BYTES, () -> NOW);
  private final OutputWriter writer = new OutputWriter(registry);

  private Arrival decode(byte @Nullable [] value) {
    return decoder.decode(TestEvents.origin("impressions", 17, value));
  }

  private void assertRejected(byte @Nullable [] value, RejectionReason reason, String detail) {
    Arrival arrival = decode(value);
    assertThat(arrival).isInstanceOf(Rejection.class);
    Rejection rejection = (Rejection) arrival;
    assertThat(rejection.reason()).isEqualTo(reason);
    assertThat(rejection.detail()).contains(detail).endsWith("(impressions-0 offset 17)");
    assertThat(rejection.origin().value()).isSameAs(value);
  }

  private Example example(ImpressionEvent impression, boolean clicked, long clickWrittenTime) {
    byte[] bytes =
        writer.example(
            new LabelledImpression(
                impression.impressionId(),
                clicked ? "conversion" : "click",
                impression.eventTime(),
                0,
                0,
                clicked,
                clickWrittenTime,
                clicked ? 12.5 : null,
                impression.body(),
                clicked,
                NOW + 19,
                0));
    return new AvroWire(registry).decode(bytes, Example.class);
  }

  @Test
  void anImpressionBecomesItsExample() {
    byte[] features = events.features("i1", NOW, "ü1", null);
    Served served = new Served("lr", 123456789L, 0.25f, -5L, List.of(), null);
    ImpressionEvent impression =
        (ImpressionEvent) decode(events.impression("i1", NOW - 1, features, served));

    assertThat(impression.impressionId()).isEqualTo("i1");
    assertThat(impression.eventTime()).isEqualTo(NOW - 1);
    assertThat(example(impression, true, NOW + 9))
        .isEqualTo(
            new Example(
                "i1",
                Instant.ofEpochMilli(NOW - 1),
                1,
                NOW + 9,
                ByteBuffer.wrap(features),
                served,
                0,
                NOW + 19,
                "conversion",
                12.5));
  }

  @Test
  void whatIsTakenBackCorrectsALabelOfOne() {
    byte[] features = events.features("i1", NOW, "u1", null);
    ImpressionEvent impression = (ImpressionEvent) decode(features);
    byte[] bytes =
        writer.example(
            new LabelledImpression(
                "i1", "click", NOW, 0, 0, false, 0, null, impression.body(), true, NOW + 19, 0));
    Example example = new AvroWire(registry).decode(bytes, Example.class);
    assertThat(example.getLabel()).isZero();
    assertThat(example.getCorrectedLabel()).isEqualTo(1);
  }

  @Test
  void aBareFeatureRecordIsAnImpression() {
    byte[] features = events.features("i2", NOW, "u1", 1.5);
    ImpressionEvent impression = (ImpressionEvent) decode(features);

    assertThat(example(impression, false, 0))
        .isEqualTo(
            new Example(
                "i2",
                Instant.ofEpochMilli(NOW),
                0,
                0L,
                ByteBuffer.wrap(features),
                null,
                null,
                NOW + 19,
                "click",
                null));
  }

  @Test
  void clicksAndProgressAreRead() {
    assertThat(decode(events.click("i1", NOW)))
        .isInstanceOfSatisfying(
            OutcomeEvent.class,
            click -> {
              assertThat(click.impressionId()).isEqualTo("i1");
              assertThat(click.eventTime()).isEqualTo(NOW);
            });
    assertThat(decode(events.progress(Long.MAX_VALUE)))
        .isInstanceOfSatisfying(
            ProgressEvent.class,
            progress -> assertThat(progress.watermark()).isEqualTo(Long.MAX_VALUE));
    assertThat(decode(events.progress(NOW)))
        .isInstanceOfSatisfying(
            ProgressEvent.class, progress -> assertThat(progress.watermark()).isEqualTo(NOW - 1));
  }

  @Test
  void outcomesAreRead() {
    assertThat(decode(events.outcome("i1", "conversion", NOW, 12.5, false)))
        .isInstanceOfSatisfying(
            OutcomeEvent.class,
            outcome -> {
              assertThat(outcome.outcome()).isEqualTo("conversion");
              assertThat(outcome.value()).isEqualTo(12.5);
              assertThat(outcome.retracted()).isFalse();
            });
    assertThat(decode(events.outcome("i1", "click", NOW, null, true)))
        .isInstanceOfSatisfying(
            OutcomeEvent.class, outcome -> assertThat(outcome.retracted()).isTrue());
    assertRejected(
        events.outcome("i1", "conversion", NOW, Double.NaN, false),
        RejectionReason.UNDECODABLE,
        "value: NaN, expected a finite number or null");
    assertRejected(
        events.outcome("i1", "", NOW, null, false),
        RejectionReason.UNKNOWN_OUTCOME,
        "outcome: 0 characters");
  }

  @Test
  void whatIsNotAnEventIsRejectedWithItsReason() {
    assertRejected(null, RejectionReason.MALFORMED_BYTES, "null");
    assertRejected(new byte[] {0, 0, 1}, RejectionReason.MALFORMED_BYTES, "3 bytes");
    assertRejected(new byte[] {'{', '}', 0, 0, 0, 0}, RejectionReason.MALFORMED_BYTES, "0x7b");
    assertRejected(new byte[] {0, 0, 0, 99, 99, 1}, RejectionReason.UNKNOWN_SCHEMA_ID, "25443");
    byte[] click = events.click("i1", NOW);
    assertRejected(Arrays.copyOf(click, click.length - 3), RejectionReason.UNDECODABLE, "Click");
    assertRejected(Arrays.copyOf(click, click.length + 1), RejectionReason.UNDECODABLE, "Click");
  }

  @Test
  void aFloodOfOneUnknownIdAsksTheRegistryOnce() {
    AtomicInteger questions = new AtomicInteger();
    InMemorySchemaRegistry counted = new InMemorySchemaRegistry();
    SchemaRegistry asking =
        new SchemaRegistry() {
          @Override
          public RegisteredSchema register(String subject, Schema schema) {
            return counted.register(subject, schema);
          }

          @Override
          public Optional<RegisteredSchema> byId(int id) {
            questions.incrementAndGet();
            return counted.byId(id);
          }

          @Override
          public Optional<RegisteredSchema> latest(String subject) {
            return counted.latest(subject);
          }

          @Override
          public List<String> subjects() {
            return counted.subjects();
          }

          @Override
          public void close() {}
        };
    long later = NOW + 5000;
    EventDecoder asked = new EventDecoder(asking, MAX_BYTES, () -> later);
    byte[] click = new TestEvents(new InMemorySchemaRegistry()).click("i1", NOW);
    for (int n = 0; n < 100; n++) {
      assertThat(asked.decode(TestEvents.origin("clicks", n, click))).isInstanceOf(Rejection.class);
    }
    assertThat(questions).hasValue(1);

    new TestEvents(counted).click("i1", NOW);
    Origin written = new Origin("clicks", 0, 100, later, null, click);
    assertThat(asked.decode(written))
        .as("written after the question")
        .isInstanceOf(OutcomeEvent.class);
  }

  @Test
  void aRecordThatIsNoEventIsRejected() {
    GenericRecord other =
        new GenericData.Record(
            SchemaBuilder.record("Other").namespace("shop").fields().requiredInt("n").endRecord());
    other.put("n", 1);
    byte[] bytes = new AvroWire(registry).encode(other);
    assertRejected(bytes, RejectionReason.UNEXPECTED_TYPE, "shop.Other");
    assertRejected(
        events.impression("i1", NOW, bytes, null), RejectionReason.UNEXPECTED_TYPE, "shop.Other");
    assertRejected(
        events.impression("i1", NOW, events.click("i1", NOW), null),
        RejectionReason.UNEXPECTED_TYPE,
        "io.millrace.event.Click");
    assertRejected(
        events.impression("i1", NOW, new byte[] {1}, null),
        RejectionReason.MALFORMED_BYTES,
        "1 bytes");
  }

  @Test
  void featuresThatNoLearnerCouldEncodeAreRejected() {
    assertRejected(
        events.features("i1", NOW, "u1", Double.NaN), RejectionReason.INVALID_FEATURE, "price");
    assertRejected(
        events.impression("i1", NOW, events.features("i1", NOW, "x".repeat(9000), 1.0), null),
        RejectionReason.INVALID_FEATURE,
        "user_id");
  }

  @Test
  void aValueAboveTheLimitIsRejectedUnread() {
    assertRejected(
        events.features("i1", NOW, "x".repeat(10_000_000), 1.0),
        RejectionReason.TOO_LARGE,
        "expected at most 1048576");
  }

  @Test
  void absurdEventTimesAreRejected() {
    long day = 86_400_000;
    assertRejected(events.click("i1", 946_684_799_999L), RejectionReason.ABSURD_EVENT_TIME, "2000");
    assertRejected(
        events.click("i1", NOW + day + 1), RejectionReason.ABSURD_EVENT_TIME, "event_time");
    assertRejected(
        events.click("i1", Long.MAX_VALUE), RejectionReason.ABSURD_EVENT_TIME, "event_time");
    assertRejected(
        events.progress(Long.MIN_VALUE), RejectionReason.ABSURD_EVENT_TIME, "event_time");
    assertThat(decode(events.click("i1", NOW + day))).isInstanceOf(OutcomeEvent.class);
    assertThat(decode(events.click("i1", 946_684_800_000L))).isInstanceOf(OutcomeEvent.class);
  }

  @Test
  void idsHaveALength() {
    assertRejected(events.click("", NOW), RejectionReason.INVALID_ID, "0 characters");
    assertRejected(events.click("i".repeat(1025), NOW), RejectionReason.INVALID_ID, "1025");
  }

  /** Fuzz: whatever the bytes, an arrival and no exception; memory stays within the heap. */
  @Test
  void noBytesAreFatal() {
    Random random = new Random(7);
    byte[][] seeds = {
      events.impression("i1", NOW), events.click("i1", NOW), events.features("i", NOW, "u", 1.0)
    };
    for (int n = 0; n < 20_000; n++) {
      byte[] bytes = seeds[n % seeds.length].clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[5 + random.nextInt(bytes.length - 5)] = (byte) random.nextInt();
      }
      assertThat(decode(bytes)).isNotNull();
    }
  }

  @Test
  void aRejectedEventKeepsTheOriginal() {
    Rejection rejection = (Rejection) decode(new byte[] {1, 2, 3});
    RejectedEvent event =
        new AvroWire(registry)
            .decode(writer.rejected(rejection, NOW, 1 << 20), RejectedEvent.class);
    assertThat(event.getReason()).isEqualTo("malformed_bytes");
    assertThat(event.getOffset()).isEqualTo(17);
    assertThat(event.getOriginalValue()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
  }
}
