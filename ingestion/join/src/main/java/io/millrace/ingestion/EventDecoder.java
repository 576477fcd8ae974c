package io.millrace.ingestion;

import io.millrace.event.Click;
import io.millrace.event.Impression;
import io.millrace.event.Outcome;
import io.millrace.event.Progress;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.EventRules;
import io.millrace.wire.RejectionReason;
import io.millrace.wire.WireFormatException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a record of an event topic into an {@link Event} or a {@link Rejection}; never
 * throws because of what the bytes say. What an event is follows from its schema, not from its
 * topic: Impression, Click, Outcome, Progress, or a feature record whose {@code millrace} property
 * names its id and time fields.
 *
 * <p>An impression's features are decoded and encoded once, so that nothing a learner cannot encode
 * gets past this point. Readers and encoders are compiled once per schema id. Not thread-safe.
 */
public final class EventDecoder {
  private static final long MAX_CLOCK_SKEW_MILLIS = 1000;
  private static final int MAX_UNKNOWN_IDS = 1024;

  private static final String IMPRESSION = Impression.getClassSchema().getFullName();
  private static final String CLICK = Click.getClassSchema().getFullName();
  private static final String OUTCOME = Outcome.getClassSchema().getFullName();
  private static final String PROGRESS = Progress.getClassSchema().getFullName();

  private final AvroWire wire;
  private final int maxEventBytes;
  private final LongSupplier clock;
  private final Map<Integer, Reader> readers = new HashMap<>();
  private final Map<Integer, Long> unknownAt = new HashMap<>();
  private final ImpressionBody body = new ImpressionBody();

  /**
   * @param maxEventBytes longer record values are rejected unread
   * @param clock wall clock in milliseconds, for records that Kafka gave no time
   */
  public EventDecoder(SchemaRegistry registry, int maxEventBytes, LongSupplier clock) {
    this.wire = new AvroWire(registry);
    this.maxEventBytes = maxEventBytes;
    this.clock = clock;
  }

  /** Decodes one record. */
  public Arrival decode(Origin origin) {
    try {
      byte[] value = origin.value();
      if (value == null) {
        throw new WireFormatException(
            RejectionReason.MALFORMED_BYTES, "value: null, expected an event in wire format");
      }
      if (value.length > maxEventBytes) {
        throw new WireFormatException(
            RejectionReason.TOO_LARGE,
            "value: " + value.length + " bytes, expected at most " + maxEventBytes);
      }
      return readerOf(value, origin).read(value, origin);
    } catch (WireFormatException e) {
      return new Rejection(e.reason(), e.detail() + " (" + origin.place() + ")", origin);
    }
  }

  /** Reads one kind of event from a value in wire format. */
  private interface Reader {
    Event read(byte[] value, Origin origin);
  }

  private Reader readerOf(byte[] value, Origin origin) {
    int id = AvroWire.schemaId(value);
    Reader reader = readers.get(id);
    if (reader == null) {
      reader = compile(schemaOf(id, value, origin));
      readers.put(id, reader);
    }
    return reader;
  }

  /**
   * The registry's schema for an id. A registry that does not know an id asks Kafka, which takes
   * milliseconds; but a producer registers before it writes. So once an id was unknown, it is
   * unknown to all records that were written before, and a flood of them costs one question.
   */
  private Schema schemaOf(int id, byte[] value, Origin origin) {
    Long asked = unknownAt.get(id);
    if (asked != null && origin.writtenTime() + MAX_CLOCK_SKEW_MILLIS < asked) {
      throw new WireFormatException(
          RejectionReason.UNKNOWN_SCHEMA_ID,
          "schema id: " + id + ", but no schema was registered under it");
    }
    long now = clock.getAsLong();
    try {
      return wire.schemaOf(value).schema();
    } catch (WireFormatException e) {
      if (unknownAt.size() >= MAX_UNKNOWN_IDS) {
        unknownAt.clear();
      }
      unknownAt.put(id, now);
      throw e;
    }
  }

  private Reader compile(Schema schema) {
    String name = schema.getFullName();
    if (name.equals(IMPRESSION)) {
      return this::impression;
    }
    if (name.equals(CLICK)) {
      return this::click;
    }
    if (name.equals(OUTCOME)) {
      return this::outcome;
    }
    if (name.equals(PROGRESS)) {
      return this::progress;
    }
    if (!FeatureSchema.isFeatureSchema(schema)) {
      return unusable(
          RejectionReason.UNEXPECTED_TYPE,
          "schema: "
              + name
              + ", expected Impression, Click, Outcome, Progress or a feature record");
    }
    try {
      return new FeatureReader(FeatureSchema.parse(schema));
    } catch (RuntimeException e) {
      return unusable(
          RejectionReason.UNEXPECTED_TYPE,
          "schema: " + name + ", expected a valid feature schema: " + e.getMessage());
    }
  }

  private static Reader unusable(RejectionReason reason, String detail) {
    return (value, origin) -> {
      throw new WireFormatException(reason, detail);
    };
  }

  private Event click(byte[] value, Origin origin) {
    Click click = wire.decode(value, Click.class);
    return OutcomeEvent.click(
        checkedId(click.getImpressionId()),
        checkedTime(click.getEventTime().toEpochMilli(), origin),
        origin);
  }

  private Event outcome(byte[] value, Origin origin) {
    Outcome outcome = wire.decode(value, Outcome.class);
    Double worth = outcome.getValue();
    if (worth != null && !Double.isFinite(worth)) {
      throw new WireFormatException(
          RejectionReason.UNDECODABLE, "value: " + worth + ", expected a finite number or null");
    }
    return new OutcomeEvent(
        checkedId(outcome.getImpressionId()),
        checkedName(outcome.getOutcome()),
        checkedTime(outcome.getEventTime().toEpochMilli(), origin),
        worth,
        outcome.getRetracted(),
        origin);
  }

  /** Any name may be asked for; the join knows which ones there are. */
  private static String checkedName(String outcome) {
    if (outcome.isEmpty() || outcome.length() > EventRules.MAX_ID_LENGTH) {
      throw new WireFormatException(
          RejectionReason.UNKNOWN_OUTCOME,
          "outcome: %d characters, expected 1 to %d"
              .formatted(outcome.length(), EventRules.MAX_ID_LENGTH));
    }
    return outcome;
  }

  private Event progress(byte[] value, Origin origin) {
    long time = wire.decode(value, Progress.class).getEventTime().toEpochMilli();
    return new ProgressEvent(time == Long.MAX_VALUE ? time : checkedTime(time, origin), origin);
  }

  private Event impression(byte[] value, Origin origin) {
    Impression impression = wire.decode(value, Impression.class);
    String id = checkedId(impression.getImpressionId());
    long time = checkedTime(impression.getEventTime().toEpochMilli(), origin);
    byte[] features = toArray(impression.getFeatures());
    if (!(readerOf(features, origin) instanceof FeatureReader reader)) {
      throw new WireFormatException(
          RejectionReason.UNEXPECTED_TYPE,
          "features: " + wire.schemaOf(features).subject() + ", expected a feature record");
    }
    reader.validate(features);
    return new ImpressionEvent(id, time, body.encode(features, impression.getServed()), origin);
  }

  private static byte[] toArray(ByteBuffer bytes) {
    byte[] array = bytes.array();
    int from = bytes.arrayOffset() + bytes.position();
    return from == 0 && bytes.remaining() == array.length
        ? array
        : Arrays.copyOfRange(array, from, from + bytes.remaining());
  }

  /** Reads a feature record, and makes sure that it can be encoded. */
  private final class FeatureReader implements Reader {
    private final FeatureSchema schema;
    private final FeatureEncoder encoder;
    private final EncodedBatch scratch;
    private @Nullable GenericRecord reused;

    FeatureReader(FeatureSchema schema) {
      this.schema = schema;
      this.encoder = FeatureEncoder.compile(schema);
      this.scratch = encoder.newBatch();
    }

    @Override
    public Event read(byte[] value, Origin origin) {
      GenericRecord record = validate(value);
      return new ImpressionEvent(
          checkedId(String.valueOf(record.get(id()))),
          checkedTime((Long) record.get(time()), origin),
          body.encode(value, null),
          origin);
    }

    private String id() {
      return schema.idField().orElseThrow(() -> unnamed("id"));
    }

    private String time() {
      return schema.timeField().orElseThrow(() -> unnamed("time"));
    }

    private WireFormatException unnamed(String property) {
      return new WireFormatException(
          RejectionReason.UNEXPECTED_TYPE,
          "schema: "
              + schema.name()
              + ", expected a millrace property that names its "
              + property
              + " field, or an Impression around it");
    }

    GenericRecord validate(byte[] bytes) {
      GenericRecord record = wire.decode(bytes, schema.avro(), reused);
      reused = record;
      scratch.clear();
      try {
        encoder.encode(record, scratch);
      } catch (InvalidFeatureException e) {
        throw new WireFormatException(RejectionReason.INVALID_FEATURE, e.detail(), e);
      }
      return record;
    }
  }

  private static String checkedId(String id) {
    if (!EventRules.isId(id)) {
      throw new WireFormatException(
          RejectionReason.INVALID_ID,
          "id: " + id.length() + " characters, expected 1 to " + EventRules.MAX_ID_LENGTH);
    }
    return id;
  }

  private long checkedTime(long time, Origin origin) {
    long written = origin.writtenTime() < 0 ? clock.getAsLong() : origin.writtenTime();
    if (!EventRules.isTime(time, written)) {
      throw new WireFormatException(
          RejectionReason.ABSURD_EVENT_TIME,
          "event_time: "
              + time
              + ", expected between "
              + EventRules.EARLIEST_EVENT_TIME
              + " (2000-01-01) and a day after it was written at "
              + written);
    }
    return time;
  }
}
