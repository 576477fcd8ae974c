package io.millrace.ingestion;

import io.millrace.event.Click;
import io.millrace.event.Impression;
import io.millrace.event.Outcome;
import io.millrace.event.Progress;
import io.millrace.event.Served;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** What producers write, for tests. */
public final class TestEvents {
  /** Wall clock at which all test events are written. */
  public static final long NOW = 1_700_000_000_000L;

  /** A feature schema that names its id and time, so that it may be written bare. */
  public static final Schema FEATURES =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"Shown","namespace":"shop.ads",
               "millrace":{"id":"impression_id","time":"event_time","table":{"rows":1024,"dim":4}},
               "fields":[
                {"name":"impression_id","type":"string"},
                {"name":"event_time","type":{"type":"long","logicalType":"timestamp-millis"}},
                {"name":"user_id","type":"string","feature":{"kind":"categorical"}},
                {"name":"ad_id","type":"string","feature":{"kind":"categorical"}},
                {"name":"price","type":["null","double"],"feature":{"kind":"numeric"}}]}
              """);

  private final AvroWire wire;

  public TestEvents(SchemaRegistry registry) {
    wire = new AvroWire(registry);
  }

  /** A bare feature record in wire format. */
  public byte[] features(String id, long time, String user, @Nullable Double price) {
    GenericRecord record = new GenericData.Record(FEATURES);
    record.put("impression_id", id);
    record.put("event_time", time);
    record.put("user_id", user);
    record.put("ad_id", "ad" + Math.floorMod(id.hashCode(), 100));
    record.put("price", price);
    return wire.encode(record);
  }

  public byte[] impression(String id, long time, byte[] features, @Nullable Served served) {
    SpecificRecord event =
        new Impression(id, Instant.ofEpochMilli(time), ByteBuffer.wrap(features), served);
    return wire.encode(event);
  }

  public byte[] impression(String id, long time) {
    return impression(id, time, features(id, time, "u1", 2.5), null);
  }

  public byte[] click(String id, long time) {
    SpecificRecord event = new Click(id, Instant.ofEpochMilli(time));
    return wire.encode(event);
  }

  public byte[] outcome(
      String id, String outcome, long time, @Nullable Double value, boolean retracted) {
    SpecificRecord event = new Outcome(id, outcome, Instant.ofEpochMilli(time), value, retracted);
    return wire.encode(event);
  }

  public byte[] progress(long time) {
    SpecificRecord event = new Progress(Instant.ofEpochMilli(time));
    return wire.encode(event);
  }

  /** A record read from {@code topic} at {@code offset}, written at {@link #NOW}. */
  public static Origin origin(String topic, long offset, byte @Nullable [] value) {
    return new Origin(topic, 0, offset, NOW, "k".getBytes(StandardCharsets.UTF_8), value);
  }
}
