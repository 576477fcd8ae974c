package io.millrace.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.Click;
import io.millrace.event.Impression;
import io.millrace.event.IngestionCounts;
import io.millrace.event.Progress;
import io.millrace.event.Served;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Events of every kind of nonsense for one platform. Each kind says what may become of it. What of
 * it can be learned from is about users and ads that no good event knows. Not thread-safe.
 */
final class FuzzEvents {
  /** What becomes of an event that is not rejected: an example, a repetition, or nothing yet. */
  static final String ACCEPTED = "accepted";

  private static final String SAME_NAME_OTHER_TYPES =
      FuzzWorld.SCHEMA_TEXT.replace(
          "\"name\":\"user\",\"type\":\"string\"", "\"name\":\"user\",\"type\":\"long\"");
  private static final String OTHER_FEATURES =
      FuzzWorld.SCHEMA_TEXT.replace("\"FuzzImpression\"", "\"OtherImpression\"");
  private static final String NO_FEATURES =
      """
      {"type":"record","name":"Invoice","namespace":"shop","fields":[{"name":"sum","type":"long"}]}
      """;
  private static final String INVALID_FEATURES =
      """
      {"type":"record","name":"Invalid","namespace":"shop","fields":[
       {"name":"sum","type":"long","feature":{"kind":"categorial"}}]}
      """;
  private static final String CARRIES =
      """
      {"type":"record","name":"%s","namespace":"io.millrace.fuzz",
       "millrace":{"id":"impression_id","time":"event_time"},
       "fields":[
        {"name":"impression_id","type":"string"},
        {"name":"event_time","type":"long"},
        {"name":"user","type":"string","feature":{"kind":"categorical"}},
        {"name":"carried","type":%s}]}
      """;
  private static final String NODE =
      """
      {"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]}
      """;
  private static final String EMPTY = "{\"type\":\"record\",\"name\":\"Empty\",\"fields\":[]}";

  private static final double[] MAGNITUDES = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.MIN_VALUE,
    1e30,
    1e18,
    1.0000001e16,
    1e16,
    -1e16,
    9e15,
    1e12,
    -1e12,
    1e9,
    1e6,
    -1e6,
    -1,
    -0.0,
    1e-30,
    1e-310,
    -1.0000000001
  };

  /** How a record goes to Kafka. */
  enum Via {
    PLAIN,
    GZIP,
    SNAPPY,
    LZ4,
    ZSTD,
    ABORTED,
    COMMITTED
  }

  /** A record to be written. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier to the producer
  record Out(
      boolean click,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Iterable<Header> headers,
      Via via) {
    Out via(Via other) {
      return new Out(click, key, value, headers, other);
    }
  }

  /** Makes the records of one turn. */
  @FunctionalInterface
  interface Make {
    List<Out> of(SplittableRandom random, long now);
  }

  /**
   * A kind.
   *
   * @param outcomes reasons for which it may be rejected, and {@link #ACCEPTED}
   * @param every how rare it is: one turn in so many
   */
  record Kind(String name, Set<String> outcomes, int every, Make make) {}

  private final AvroWire wire;
  private final long window;
  private final int mainId;
  private final int otherTypesId;
  private final int otherFeaturesId;
  private final int noFeaturesId;
  private final int invalidFeaturesId;
  private final int nullsId;
  private final int emptiesId;
  private final int nodesId;
  private final FuzzWorld world;
  private final Deque<Sent> recent = new ArrayDeque<>();
  private long last;

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Sent(String id, long time, byte[] value, boolean clicked) {}

  /**
   * @param window attribution window in milliseconds
   */
  FuzzEvents(SchemaRegistry registry, long seed, long window) {
    this.wire = new AvroWire(registry);
    this.window = window;
    this.world = new FuzzWorld(seed);
    mainId = registry.register(FuzzWorld.SCHEMA.name(), FuzzWorld.SCHEMA.avro()).id();
    otherTypesId = forced(registry, SAME_NAME_OTHER_TYPES);
    otherFeaturesId = forced(registry, OTHER_FEATURES);
    noFeaturesId = forced(registry, NO_FEATURES);
    invalidFeaturesId = forced(registry, INVALID_FEATURES);
    nullsId = forced(registry, CARRIES.formatted("Nulls", array("\"null\"")));
    emptiesId = forced(registry, CARRIES.formatted("Empties", array(EMPTY)));
    nodesId = forced(registry, CARRIES.formatted("Nodes", NODE));
  }

  private static String array(String items) {
    return "{\"type\":\"array\",\"items\":" + items + "}";
  }

  /** Registered under a name that no server looks at. */
  private static int forced(SchemaRegistry registry, String schema) {
    return registry.register("fuzz-value", new Schema.Parser().parse(schema)).id();
  }

  /** Takes note of a good impression, for repetitions and clicks of it. */
  void sent(String id, long time, byte[] value, boolean clicked) {
    recent.add(new Sent(id, time, value, clicked));
    if (recent.size() > 200) {
      recent.remove();
    }
  }

  private static final Set<String> FINE = Set.of(ACCEPTED);
  private static final Set<String> MALFORMED = Set.of("malformed_bytes");
  private static final Set<String> UNDECODABLE = Set.of("undecodable");
  private static final Set<String> ORPHAN = Set.of("click_for_unknown_impression");

  /** All kinds. */
  List<Kind> all() {
    return List.of(
        kind("empty", MALFORMED, (r, t) -> anywhere(r, new byte[0])),
        kind("tombstone", MALFORMED, (r, t) -> List.of(out(r.nextBoolean(), null))),
        kind(
            "garbage",
            Set.of("malformed_bytes", "unknown_schema_id", "undecodable"),
            (r, t) -> anywhere(r, garbage(r, 1 + r.nextInt(300)))),
        kind("text", MALFORMED, (r, t) -> anywhere(r, "{\"user\":1}".getBytes(UTF_8))),
        kind("header alone", UNDECODABLE, (r, t) -> anywhere(r, header(mainId))),
        kind(
            "unknown id",
            Set.of("unknown_schema_id"),
            (r, t) -> anywhere(r, join(header(r.nextInt(100_000, Integer.MAX_VALUE)), junk(r, t)))),
        kind(
            "negative id",
            Set.of("unknown_schema_id"),
            (r, t) -> anywhere(r, header(-1 - r.nextInt(Integer.MAX_VALUE)))),
        kind(
            "cut short",
            Set.of("undecodable", "malformed_bytes"),
            (r, t) -> anywhere(r, cut(r, junk(r, t)))),
        kind(
            "trailing bytes",
            UNDECODABLE,
            (r, t) -> anywhere(r, join(junk(r, t), garbage(r, 1 + r.nextInt(9))))),
        kind(
            "bytes changed",
            Set.of(
                "undecodable",
                "invalid_feature",
                "absurd_event_time",
                "invalid_id",
                "late_impression",
                "unknown_schema_id",
                "unexpected_type",
                "malformed_bytes",
                ACCEPTED),
            (r, t) -> List.of(out(false, changed(r, junk(r, t))))),
        kind(
            "click's bytes changed",
            Set.of(
                "undecodable",
                "absurd_event_time",
                "invalid_id",
                "click_for_unknown_impression",
                "late_click",
                ACCEPTED),
            (r, t) -> List.of(out(true, changedBody(r, click(newId(), t))))),
        kind(
            "no feature schema",
            Set.of("unexpected_type"),
            (r, t) -> anywhere(r, join(header(noFeaturesId), new byte[] {2}))),
        kind(
            "invalid feature schema",
            Set.of("unexpected_type"),
            (r, t) -> anywhere(r, join(header(invalidFeaturesId), new byte[] {2}))),
        kind("features of another model", FINE, (r, t) -> anywhere(r, other(r, t))),
        kind("same name, other types", FINE, (r, t) -> List.of(out(false, otherTypes(r, t)))),
        kind(
            "counts",
            Set.of("unexpected_type"),
            (r, t) ->
                anywhere(
                    r, wire.encode(new IngestionCounts(Instant.now(), Map.of(), null, 0L, null)))),
        kind(
            "progress",
            Set.of("unexpected_type"),
            (r, t) -> anywhere(r, wire.encode(new Progress(Instant.ofEpochMilli(time(r, t)))))),
        kind("end of stream", Set.of("unexpected_type"), (r, t) -> anywhere(r, endOfStream())),
        kind("features in an impression", FINE, (r, t) -> List.of(out(false, wrapped(r, t)))),
        kind(
            "impression around garbage",
            Set.of("malformed_bytes", "unknown_schema_id", "undecodable", "unexpected_type"),
            (r, t) -> List.of(out(false, around(t, garbage(r, r.nextInt(40)))))),
        kind(
            "impression around a click",
            Set.of("unexpected_type"),
            (r, t) -> List.of(out(false, around(t, click(newId(), t))))),
        kind("served nonsense", FINE, (r, t) -> List.of(out(false, servedNonsense(r, t)))),
        // values
        kind("id", Set.of("invalid_id", ACCEPTED), (r, t) -> List.of(out(false, oddId(r, t)))),
        kind(
            "id of a click",
            Set.of("invalid_id", "click_for_unknown_impression"),
            (r, t) -> List.of(out(true, click(oddId(r), t)))),
        kind(
            "event time",
            Set.of("absurd_event_time", "late_impression"),
            (r, t) -> List.of(out(false, encoded(features(r, newId(), absurd(r, t)))))),
        kind(
            "event time of a click",
            Set.of("absurd_event_time", "click_for_unknown_impression"),
            (r, t) -> List.of(out(true, click(newId(), absurd(r, t))))),
        kind("hours ahead", FINE, (r, t) -> List.of(out(false, ahead(r, t)))),
        kind(
            "number",
            Set.of("invalid_feature", ACCEPTED),
            (r, t) -> List.of(out(false, number(r, t)))),
        kind(
            "text of kilobytes", FINE, (r, t) -> List.of(out(false, text(r, t, r.nextInt(8_000))))),
        kind(
            "text longer than a value may be",
            Set.of("invalid_feature"),
            (r, t) -> List.of(out(false, text(r, t, 8_200 + r.nextInt(60_000))))),
        kind("text of control characters", FINE, (r, t) -> List.of(out(false, text(r, t, -1)))),
        kind(
            300,
            "text of 1 MB",
            Set.of("invalid_feature"),
            (r, t) -> List.of(out(false, text(r, t, 1_000_000)))),
        kind(
            300,
            "text of more than 1 MB",
            Set.of("too_large"),
            (r, t) -> List.of(out(false, text(r, t, (1 << 20) + r.nextInt(1 << 20))))),
        kind(
            5_000,
            "event of 10 MB, four in a row",
            Set.of("too_large"),
            (r, t) -> Collections.nCopies(4, out(false, text(r, t, 10 << 20)))),
        kind(
            20_000,
            "larger than the topic takes",
            Set.of(),
            (r, t) -> List.of(out(false, garbage(r, 17 << 20)))),
        kind(200, "100,000 items", FINE, (r, t) -> List.of(out(false, items(r, t, 100_000)))),
        // bombs
        kind(
            "block of many items",
            UNDECODABLE,
            (r, t) -> List.of(out(false, manual(r, t, 1, 0, block(many(r)))))),
        kind(
            "string of 2 GB",
            UNDECODABLE,
            (r, t) -> List.of(out(r.nextBoolean(), join(header(mainId), block(1L << 31))))),
        kind(
            "enum and union",
            UNDECODABLE,
            (r, t) ->
                List.of(out(false, manual(r, t, r.nextInt(3, 99), 2 + r.nextInt(9), new byte[1])))),
        kind(
            100,
            "blocks of nulls",
            Set.of("undecodable", "too_large"),
            (r, t) -> List.of(out(false, blocks(nullsId, t, 20_000 + r.nextInt(900_000))))),
        kind(
            100,
            "blocks of empty records",
            Set.of("undecodable", "too_large"),
            (r, t) -> List.of(out(false, blocks(emptiesId, t, 20_000 + r.nextInt(900_000))))),
        kind(
            "nested records",
            Set.of("undecodable", ACCEPTED),
            (r, t) -> List.of(out(false, nodes(t, 1 + r.nextInt(500))))),
        kind(
            50,
            "records nested 100,000 deep",
            UNDECODABLE,
            (r, t) -> List.of(out(false, nodes(t, 100_000)))),
        // order and repetition
        kind("impression again", Set.of(ACCEPTED, "late_impression"), (r, t) -> again(r)),
        kind(
            "same id, other features",
            Set.of(ACCEPTED, "late_impression"),
            (r, t) -> recent(r, sent -> out(false, encoded(features(r, sent.id, t))))),
        kind(
            "click again",
            Set.of(ACCEPTED, "click_for_unknown_impression", "late_click"),
            (r, t) -> clickedTwice(r, t)),
        kind("click of nothing", ORPHAN, (r, t) -> List.of(out(true, click("no-" + newId(), t)))),
        kind("click too late", Set.of("late_click", "click_for_unknown_impression"), this::late),
        kind("click first", FINE, (r, t) -> clickFirst(r, t)),
        kind(
            "click under the wrong topic",
            ORPHAN,
            (r, t) -> List.of(out(false, click("no-" + newId(), t)))),
        kind(
            "seventeen early clicks",
            ORPHAN,
            (r, t) -> Collections.nCopies(17, out(true, click("no-" + newId(), t)))),
        // Kafka
        kind("headers", FINE, (r, t) -> List.of(withHeaders(r, junk(r, t)))),
        kind("odd key", FINE, (r, t) -> List.of(withKey(garbage(r, r.nextInt(2_000)), junk(r, t)))),
        kind("compressed", FINE, (r, t) -> List.of(out(false, junk(r, t)).via(compressed(r)))),
        kind(
            10_000,
            "80 of 12 MB, compressed to little",
            Set.of("too_large"),
            (r, t) -> Collections.nCopies(80, withKey(null, ones(12 << 20)).via(compressed(r)))),
        kind(
            50,
            "aborted",
            Set.of(),
            (r, t) -> Collections.nCopies(3, out(false, junk(r, t)).via(Via.ABORTED))),
        kind(
            50, "transaction", FINE, (r, t) -> List.of(out(false, junk(r, t)).via(Via.COMMITTED))));
  }

  private static Kind kind(String name, Set<String> outcomes, Make make) {
    return new Kind(name, outcomes, 1, make);
  }

  private static Kind kind(int every, String name, Set<String> outcomes, Make make) {
    return new Kind(name, outcomes, every, make);
  }

  private static Out out(boolean click, byte @Nullable [] value) {
    return new Out(click, null, value, List.of(), Via.PLAIN);
  }

  private static List<Out> anywhere(SplittableRandom random, byte[] value) {
    return List.of(out(random.nextBoolean(), value));
  }

  private String newId() {
    return "fuzz-" + last++;
  }

  private GenericRecord features(SplittableRandom random, String id, long time) {
    GenericRecord features = world.next(random).features(id, time);
    features.put("user", "fuzz-user-" + random.nextInt(1_000_000));
    features.put("ad", "fuzz-ad-" + random.nextInt(1_000_000));
    return features;
  }

  private byte[] encoded(GenericRecord features) {
    return wire.encode(features);
  }

  /** An event that can be learned from. */
  private byte[] junk(SplittableRandom random, long time) {
    return encoded(features(random, newId(), time));
  }

  private byte[] click(String id, long time) {
    return wire.encode(new Click(id, Instant.ofEpochMilli(time)));
  }

  private byte[] other(SplittableRandom random, long time) {
    return withId(otherFeaturesId, junk(random, time));
  }

  private byte[] otherTypes(SplittableRandom random, long time) {
    // A string of no characters is written as a long of 0 is.
    GenericRecord features = features(random, newId(), time);
    features.put("user", "");
    return withId(otherTypesId, encoded(features));
  }

  private static byte[] withId(int id, byte[] value) {
    return ByteBuffer.wrap(value).putInt(1, id).array();
  }

  private static long time(SplittableRandom random, long now) {
    return now + random.nextLong(-10_000, 100_000);
  }

  private byte[] endOfStream() {
    return wire.encode(new Progress(Instant.ofEpochMilli(Long.MAX_VALUE)));
  }

  private byte[] around(long time, byte[] features) {
    return wire.encode(
        new Impression(newId(), Instant.ofEpochMilli(time), ByteBuffer.wrap(features), null));
  }

  private byte[] wrapped(SplittableRandom random, long time) {
    return around(time, encoded(features(random, "", 0)));
  }

  private byte[] servedNonsense(SplittableRandom random, long time) {
    Served served =
        new Served(
            random.nextBoolean() ? "" : "m".repeat(random.nextInt(5_000)),
            random.nextLong(),
            (float) MAGNITUDES[random.nextInt(MAGNITUDES.length)],
            random.nextLong(),
            List.of(),
            null);
    ByteBuffer features = ByteBuffer.wrap(encoded(features(random, "x", time)));
    return wire.encode(new Impression(newId(), Instant.ofEpochMilli(time), features, served));
  }

  private String oddId(SplittableRandom random) {
    return switch (random.nextInt(5)) {
      case 0 -> "";
      case 1 -> newId() + "x".repeat(1_024);
      case 2 -> newId() + "x".repeat(100_000);
      case 3 -> newId() + "\u0000\n\u001b[31m\uFFFF";
      default -> newId() + "x".repeat(900);
    };
  }

  private byte[] oddId(SplittableRandom random, long time) {
    return encoded(features(random, oddId(random), time));
  }

  private static long absurd(SplittableRandom random, long now) {
    return switch (random.nextInt(7)) {
      case 0 -> Long.MIN_VALUE;
      case 1 -> Long.MAX_VALUE - 1;
      case 2 -> 0;
      case 3 -> -now;
      case 4 -> now + 2 * 86_400_000L;
      case 5 -> 946_684_800_000L + random.nextLong(1_000_000_000_000L - 946_684_800_000L);
      default -> now - 86_400_000L;
    };
  }

  private byte[] ahead(SplittableRandom random, long now) {
    return encoded(features(random, newId(), now + random.nextLong(4_000_000, 80_000_000)));
  }

  private byte[] number(SplittableRandom random, long time) {
    GenericRecord features = features(random, newId(), time);
    double value = MAGNITUDES[random.nextInt(MAGNITUDES.length)];
    switch (random.nextInt(5)) {
      case 0 -> features.put("quality", value);
      case 1 -> features.put("price", value);
      case 2 -> features.put("views", (float) value);
      case 3 -> features.put("age", random.nextBoolean() ? (long) value : random.nextLong());
      default -> {
        features.put("quality", value);
        features.put("price", Math.abs(value));
        features.put("views", (float) Math.abs(value));
        features.put("hour", random.nextInt());
      }
    }
    return encoded(features);
  }

  private byte[] text(SplittableRandom random, long time, int length) {
    GenericRecord features = features(random, newId(), time);
    features.put(
        random.nextBoolean() ? "user" : "ad",
        length < 0
            ? "\u0000\u0001\r\n\t\u001b\u007f\u2028\uD83D\uDE00" + random.nextInt()
            : random.nextInt() + "t".repeat(length));
    return encoded(features);
  }

  private byte[] items(SplittableRandom random, long time, int number) {
    GenericRecord features = features(random, newId(), time);
    List<String> items = new ArrayList<>(number);
    for (int i = 0; i < number; i++) {
      items.add("i" + random.nextInt(1_000_000));
    }
    features.put("history", items);
    return encoded(features);
  }

  @FunctionalInterface
  private interface Body {
    void write(BinaryEncoder to) throws IOException;
  }

  private static byte[] written(int id, Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(header(id));
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      body.write(encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** An impression up to its history, which is given. */
  private byte[] manual(SplittableRandom random, long time, int device, int union, byte[] history) {
    return written(
        mainId,
        to -> {
          to.writeString(newId());
          to.writeLong(time);
          to.writeString("fuzz-user");
          to.writeString("fuzz-ad");
          to.writeEnum(device);
          to.writeInt(random.nextInt(24));
          to.writeDouble(0);
          to.writeIndex(union);
          to.writeFloat(1);
          to.writeLong(1);
          to.writeFixed(history);
        });
  }

  private static long many(SplittableRandom random) {
    return switch (random.nextInt(5)) {
      case 0 -> Long.MAX_VALUE;
      case 1 -> Long.MIN_VALUE;
      case 2 -> Integer.MAX_VALUE;
      case 3 -> -Integer.MAX_VALUE;
      default -> 1_000_000_000L;
    };
  }

  private static byte[] block(long items) {
    byte[] bytes = written(0, to -> to.writeLong(items));
    return Arrays.copyOfRange(bytes, AvroWire.HEADER_BYTES, bytes.length);
  }

  /** Items that take no bytes, in blocks of as many as there are bytes left. */
  private byte[] blocks(int id, long time, int bytes) {
    byte[] whole =
        written(
            id,
            to -> {
              to.writeString(newId());
              to.writeLong(time);
              to.writeString("fuzz-user");
              for (int left = bytes; left > 16; left -= 3) {
                to.writeLong(Math.max(1, left - 10_000));
              }
              to.writeLong(0);
            });
    return whole;
  }

  private byte[] nodes(long time, int depth) {
    return written(
        nodesId,
        to -> {
          to.writeString(newId());
          to.writeLong(time);
          to.writeString("fuzz-user");
          for (int i = 0; i < depth; i++) {
            to.writeIndex(1);
          }
          to.writeIndex(0);
        });
  }

  @FunctionalInterface
  private interface Of {
    Out of(Sent sent);
  }

  private List<Out> recent(SplittableRandom random, Of of) {
    if (recent.isEmpty()) {
      return List.of();
    }
    int n = random.nextInt(recent.size());
    return List.of(of.of(recent.stream().skip(n).findFirst().orElseThrow()));
  }

  private List<Out> again(SplittableRandom random) {
    return recent(random, sent -> out(false, sent.value));
  }

  /** Of impressions that are clicked or were not shown, so that no label becomes another one. */
  private List<Out> clickedTwice(SplittableRandom random, long now) {
    return recent(random, sent -> out(true, click(sent.clicked ? sent.id : "no-" + sent.id, now)));
  }

  private List<Out> late(SplittableRandom random, long now) {
    return recent(random, sent -> out(true, click(sent.id, sent.time + 2 * window + 1)));
  }

  private List<Out> clickFirst(SplittableRandom random, long now) {
    String id = newId();
    return List.of(out(true, click(id, now)), out(false, encoded(features(random, id, now - 5))));
  }

  private static Out withHeaders(SplittableRandom random, byte[] value) {
    List<Header> headers = new ArrayList<>();
    for (int i = random.nextInt(300); i >= 0; i--) {
      headers.add(new RecordHeader("h" + i, i % 3 == 0 ? null : garbage(random, i)));
    }
    return new Out(false, null, value, headers, Via.PLAIN);
  }

  private static Out withKey(byte @Nullable [] key, byte[] value) {
    return new Out(false, key, value, List.of(), Via.PLAIN);
  }

  private static Via compressed(SplittableRandom random) {
    return Via.values()[1 + random.nextInt(4)];
  }

  private static byte[] ones(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 1);
    return bytes;
  }

  private static byte[] garbage(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] header(int id) {
    return ByteBuffer.allocate(AvroWire.HEADER_BYTES).putInt(1, id).array();
  }

  private static byte[] join(byte[] first, byte[] second) {
    return RawHttp.join(first, second);
  }

  private static byte[] cut(SplittableRandom random, byte[] whole) {
    return Arrays.copyOf(whole, random.nextInt(1, whole.length));
  }

  private static byte[] changed(SplittableRandom random, byte[] bytes) {
    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    return bytes;
  }

  private static byte[] changedBody(SplittableRandom random, byte[] bytes) {
    int at = random.nextInt(AvroWire.HEADER_BYTES, bytes.length);
    bytes[at] = (byte) random.nextInt();
    return bytes;
  }
}
