package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.Click;
import io.millrace.event.Example;
import io.millrace.event.Impression;
import io.millrace.event.Progress;
import io.millrace.schema.SchemaRegistry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AvroWireTest {
  private static final Schema FEATURES =
      schema(
          "shop.Ad",
          "{'name':'ad','type':'string'},"
              + "{'name':'tags','type':{'type':'array','items':'string'},'default':[]}");

  private final SchemaRegistry registry = new NumberedSchemas();
  private final AvroWire wire = new AvroWire(registry);

  static Schema schema(String name, String fields) {
    return new Schema.Parser()
        .parse(
            "{'type':'record','name':'%s','fields':[%s]}"
                .formatted(name, fields)
                .replace('\'', '"'));
  }

  private static GenericRecord ad(String ad, String... tags) {
    GenericRecord record = new GenericData.Record(FEATURES);
    record.put("ad", new Utf8(ad));
    record.put("tags", Arrays.stream(tags).map(Utf8::new).toList());
    return record;
  }

  private static Click click(String id) {
    return new Click(id, Instant.ofEpochMilli(1_600_000_000_123L));
  }

  /** The format, byte by byte: 0, id 1, length 2, "ab", zigzag of 5. */
  @Test
  void layout() {
    byte[] bytes = wire.encode(new Click("ab", Instant.ofEpochMilli(5)));
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("00000000010461620a");
    assertThat(AvroWire.schemaId(bytes)).isEqualTo(1);
    assertThat(AvroWire.schemaId(HexFormat.of().parseHex("00fffefdfc"))).isEqualTo(0xfffefdfc);
    assertThat(wire.schemaOf(bytes).subject()).isEqualTo("io.millrace.event.Click");
  }

  @Test
  void contractsBecomeTheirClass() {
    Decoded decoded = wire.decode(wire.encode(click("c1")));
    assertThat(decoded.isContract()).isTrue();
    assertThat(decoded.value()).isEqualTo(click("c1"));
    assertThatThrownBy(decoded::features)
        .isInstanceOfSatisfying(
            WireFormatException.class,
            e -> assertThat(e.reason()).isEqualTo(RejectionReason.UNEXPECTED_TYPE));
    assertThat(wire.decode(wire.encode(click("c2")), Click.class)).isEqualTo(click("c2"));
  }

  @Test
  void nestedFeaturesComeBackWhole() {
    byte[] features = wire.encode(ad("a1", "x", "y"));
    Impression impression =
        new Impression("i1", Instant.ofEpochMilli(7), ByteBuffer.wrap(features), null);
    Impression back = wire.decode(wire.encode(impression), Impression.class);
    assertThat(back).isEqualTo(impression);
    byte[] inner = new byte[back.getFeatures().remaining()];
    back.getFeatures().get(inner);
    assertThat(wire.decode(inner).features()).isEqualTo(ad("a1", "x", "y"));
  }

  @Test
  void aSchemaIsRegisteredOnce() {
    for (int i = 0; i < 3; i++) {
      assertThat(AvroWire.schemaId(wire.encode(click("c" + i)))).isEqualTo(1);
      assertThat(AvroWire.schemaId(wire.encode(ad("a" + i)))).isEqualTo(2);
    }
    assertThat(registry.subjects()).containsExactly("io.millrace.event.Click", "shop.Ad");
    AvroWire other = new AvroWire(registry);
    assertThat(AvroWire.schemaId(other.encode(ad("b")))).isEqualTo(2);
  }

  /** A contract as an older program wrote it: without the fields that came later. */
  @Test
  void anOlderVersionOfAContractIsResolvedToTheCompiledOne() {
    Schema old =
        schema(
            "io.millrace.event.Example",
            "{'name':'example_id','type':'string'},"
                + "{'name':'event_time','type':{'type':'long','logicalType':'timestamp-millis'}},"
                + "{'name':'label','type':'int'},{'name':'features','type':'bytes'}");
    GenericRecord record = new GenericData.Record(old);
    record.put("example_id", "e1");
    record.put("event_time", 9L);
    record.put("label", 1);
    record.put("features", ByteBuffer.wrap(new byte[] {1, 2}));
    assertThat(wire.decode(wire.encode(record), Example.class))
        .isEqualTo(
            new Example(
                "e1",
                Instant.ofEpochMilli(9),
                1,
                0L,
                ByteBuffer.wrap(new byte[] {1, 2}),
                null,
                null,
                0L,
                "click",
                null));
  }

  @Test
  void aContractThatCannotBeResolvedIsUndecodable() {
    GenericRecord record =
        new GenericData.Record(
            schema("io.millrace.event.Click", "{'name':'something','type':'int'}"));
    record.put("something", 3);
    assertRejected(wire.encode(record), RejectionReason.UNDECODABLE, "missing required field");
  }

  @Test
  void featuresAreResolvedToTheReadersSchema() {
    Schema reader =
        schema(
            "shop.Ad",
            "{'name':'price','type':['null','double'],'default':null},"
                + "{'name':'ad','type':'string'}");
    GenericRecord first = wire.decode(wire.encode(ad("a1", "x")), reader, null);
    assertThat(first).hasToString("{\"price\": null, \"ad\": \"a1\"}");
    assertThat(first.getSchema()).isSameAs(reader);
    GenericRecord second = wire.decode(wire.encode(ad("a2")), reader, first);
    assertThat(second).hasToString("{\"price\": null, \"ad\": \"a2\"}");
  }

  @Test
  void aReusedRecordHoldsNothingOfTheOneBefore() {
    GenericRecord reuse = wire.decode(wire.encode(ad("longer", "x", "y", "z")), FEATURES, null);
    GenericRecord next = wire.decode(wire.encode(ad("a", "q")), FEATURES, reuse);
    assertThat(next).isEqualTo(ad("a", "q")).hasToString(ad("a", "q").toString());
  }

  @Test
  void anIncompatibleReaderIsUndecodable() {
    byte[] bytes = wire.encode(ad("a1"));
    Schema reader = schema("shop.Ad", "{'name':'other','type':'int'}");
    assertThatThrownBy(() -> wire.decode(bytes, reader, null))
        .isInstanceOfSatisfying(
            WireFormatException.class,
            e -> assertThat(e.reason()).isEqualTo(RejectionReason.UNDECODABLE));
  }

  @Test
  void rejectsByReason() {
    byte[] good = wire.encode(click("c1"));
    assertRejected(null, RejectionReason.MALFORMED_BYTES, "value: null");
    assertRejected(new byte[0], RejectionReason.MALFORMED_BYTES, "value: 0 bytes");
    assertRejected(new byte[4], RejectionReason.MALFORMED_BYTES, "value: 4 bytes, expected at");
    assertRejected(
        "{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
        RejectionReason.MALFORMED_BYTES,
        "byte 0: 0x7b, expected 0x00");
    byte[] unknown = good.clone();
    unknown[4] = 99;
    assertRejected(unknown, RejectionReason.UNKNOWN_SCHEMA_ID, "schema id: 99");
    unknown[1] = -1;
    assertRejected(unknown, RejectionReason.UNKNOWN_SCHEMA_ID, "schema id: -1677");
    assertRejected(
        Arrays.copyOf(good, good.length - 1), RejectionReason.UNDECODABLE, "record ends within");
    assertRejected(
        Arrays.copyOf(good, good.length + 3),
        RejectionReason.UNDECODABLE,
        "3 bytes are left after a record of io.millrace.event.Click version 1 (schema id 1)");
    assertThat(wire.decode(good).value()).isEqualTo(click("c1"));
  }

  @Test
  void anotherContractThanExpectedIsRejected() {
    byte[] bytes = wire.encode(new Progress(Instant.ofEpochMilli(1)));
    assertThatThrownBy(() -> wire.decode(bytes, Click.class))
        .isInstanceOfSatisfying(
            WireFormatException.class,
            e -> assertThat(e.reason()).isEqualTo(RejectionReason.UNEXPECTED_TYPE))
        .hasMessage("record: io.millrace.event.Progress, expected io.millrace.event.Click");
  }

  @Test
  void aSchemaIdThatIsRegisteredLaterIsThenKnown() {
    byte[] bytes = new AvroWire(new NumberedSchemas()).encode(click("c1"));
    assertRejected(bytes, RejectionReason.UNKNOWN_SCHEMA_ID, "schema id: 1");
    registry.register("io.millrace.event.Click", Click.getClassSchema());
    assertThat(wire.decode(bytes).value()).isEqualTo(click("c1"));
  }

  /** A schema may nest records without end: 200,000 levels must not take the process down. */
  @Test
  void endlessNestingIsUndecodable() {
    Schema nested = schema("t.Node", "{'name':'next','type':['null','t.Node'],'default':null}");
    registry.register("t.Node", nested);
    byte[] bytes = new byte[200_000];
    Arrays.fill(bytes, (byte) 2);
    bytes[0] = 0;
    bytes[1] = 0;
    bytes[2] = 0;
    bytes[3] = 0;
    bytes[4] = 1;
    assertRejected(bytes, RejectionReason.UNDECODABLE, "t.Node");
  }

  private void assertRejected(byte @Nullable [] bytes, RejectionReason reason, String message) {
    assertThatThrownBy(() -> wire.decode(bytes))
        .isInstanceOfSatisfying(
            WireFormatException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void reasonCodesArePartOfTheFormat() {
    assertThat(List.of(RejectionReason.values()).stream().map(RejectionReason::code))
        .containsExactly(
            "malformed_bytes",
            "unknown_schema_id",
            "undecodable",
            "unexpected_type",
            "invalid_feature",
            "absurd_event_time",
            "click_for_unknown_impression",
            "late_click",
            "too_large",
            "late_impression",
            "invalid_id",
            "incompatible_schema",
            "unlearnable",
            "unknown_outcome",
            "outcome_for_unknown_impression",
            "late_outcome",
            "malformed_json",
            "not_assigned");
  }

  @Test
  void everyGeneratedContractIsKnown() throws Exception {
    java.nio.file.Path classes =
        java.nio.file.Path.of(
            Click.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> generated;
    try (var files = java.nio.file.Files.list(classes.resolve("io/millrace/event"))) {
      generated =
          files
              .map(f -> f.getFileName().toString())
              .filter(f -> f.endsWith(".class") && !f.contains("$") && !f.startsWith("package"))
              .map(f -> "io.millrace.event." + f.replace(".class", ""))
              .toList();
    }
    assertThat(generated).hasSizeGreaterThan(10);
    assertThat(generated).allSatisfy(name -> assertThat(Contracts.classOf(name)).isNotNull());
    assertThat(Contracts.classOf("java.lang.String")).isNull();
  }
}
