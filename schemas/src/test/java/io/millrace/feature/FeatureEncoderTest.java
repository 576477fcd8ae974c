package io.millrace.feature;

import static io.millrace.feature.FeatureSchemaTest.field;
import static io.millrace.feature.FeatureSchemaTest.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureEncoderTest {
  private static final Schema SCHEMA =
      record(
          "{'crosses':[{'name':'user_x_ad','fields':['user_id','ad_id']}]}",
          "{'name':'carried','type':'string'}",
          field("user_id", "['null','string']", "{'kind':'categorical'}"),
          field("ad_id", "'string'", "{'kind':'categorical'}"),
          field("count", "['null','int']", "{'kind':'categorical','transform':'log_square'}"),
          field("new", "'boolean'", "{'kind':'categorical'}"),
          field(
              "os",
              "{'type':'enum','name':'Os','symbols':['LINUX','OTHER']}",
              "{'kind':'categorical'}"),
          field("price", "['null','double']", "{'kind':'numeric','transform':'log1p'}"),
          field(
              "history",
              "['null',{'type':'array','items':'string'}]",
              "{'kind':'sequence','max':3,'shares':'ad_id'}"));

  private final FeatureEncoder encoder = FeatureEncoder.compile(FeatureSchema.parse(SCHEMA));
  private final EncodedBatch batch = encoder.newBatch();

  private static GenericRecord example() {
    GenericRecord record = new GenericData.Record(SCHEMA);
    record.put("carried", new Utf8("whatever"));
    record.put("user_id", new Utf8("u1"));
    record.put("ad_id", new Utf8("ad-17"));
    record.put("count", 100);
    record.put("new", true);
    record.put("os", new GenericData.EnumSymbol(SCHEMA.getField("os").schema(), "LINUX"));
    record.put("price", 3.5);
    record.put("history", List.of(new Utf8("old"), new Utf8("a"), new Utf8("b"), new Utf8("a")));
    return record;
  }

  private static GenericRecord with(String field, @Nullable Object value) {
    GenericRecord record = example();
    record.put(field, value);
    return record;
  }

  /** Tokens (hexadecimal) and weights of example {@code b}, by field. */
  private List<String> tokens(int b) {
    List<String> fields = new ArrayList<>();
    for (int f = 0; f < encoder.fields(); f++) {
      StringBuilder text = new StringBuilder(encoder.fieldNames().get(f));
      for (int i = batch.start(b, f); i < batch.end(b, f); i++) {
        text.append(" %016x*%s".formatted(batch.token(i), batch.weight(i)));
      }
      fields.add(text.toString());
    }
    return fields;
  }

  /**
   * A whole record, golden: tokens of user_id to price and the cross come from xxHash in C (see
   * FeatureHashTest), the encoding's hash from this project's first version.
   */
  @Test
  void aWholeRecord() {
    encoder.encode(example(), batch);
    FeatureHash ad = FeatureHash.of("ad_id");
    String third = " %016x*" + 1f / 3;
    assertThat(tokens(0))
        .containsExactly(
            "user_id %016x*1.0".formatted(FeatureHash.of("user_id").ofString("u1")),
            "ad_id 8dcbca546d036af9*1.0",
            "count %016x*1.0".formatted(FeatureHash.of("count").ofLong(24)),
            "new %016x*1.0".formatted(FeatureHash.of("new").ofLong(1)),
            "os %016x*1.0".formatted(FeatureHash.of("os").ofString("LINUX")),
            "price %016x*%s"
                .formatted(FeatureHash.of("price").numericToken(), (float) Math.log1p(3.5)),
            "history"
                + third.formatted(ad.ofString("a"))
                + third.formatted(ad.ofString("b"))
                + third.formatted(ad.ofString("a")),
            "user_x_ad c7fe80863d6ced3f*1.0");
    assertThat(Long.toHexString(batch.hash(0))).isEqualTo("2637dd2bee8884d5");
  }

  @Test
  void missingValues() {
    GenericRecord record = example();
    for (String field : List.of("user_id", "count", "price", "history")) {
      record.put(field, null);
    }
    encoder.encode(record, batch);
    List<String> tokens = tokens(0);
    assertThat(tokens.get(0))
        .isEqualTo("user_id %016x*1.0".formatted(FeatureHash.of("user_id").missingToken()));
    assertThat(tokens.get(2))
        .isEqualTo("count %016x*1.0".formatted(FeatureHash.of("count").missingToken()));
    assertThat(tokens.get(5))
        .isEqualTo("price %016x*1.0".formatted(FeatureHash.of("price").missingToken()));
    assertThat(tokens.get(6)).isEqualTo("history");
    FeatureHash cross = FeatureHash.of("user_x_ad");
    long h = cross.cross(cross.key(), FeatureHash.of("user_id").missingToken());
    assertThat(tokens.get(7))
        .isEqualTo(
            "user_x_ad %016x*1.0"
                .formatted(cross.cross(h, FeatureHash.of("ad_id").ofString("ad-17"))));
  }

  @Test
  void everyKindOfStringGivesTheSameToken() {
    encoder.encode(with("ad_id", new Utf8("Ünï")), batch);
    encoder.encode(with("ad_id", "Ünï"), batch);
    // A reused Utf8 keeps the longer array of the value before.
    encoder.encode(with("ad_id", new Utf8("longer before").set(new Utf8("Ünï"))), batch);
    assertThat(batch.hash(1)).isEqualTo(batch.hash(0));
    assertThat(batch.hash(2)).isEqualTo(batch.hash(0));
  }

  @Test
  void anEmptySequenceHasNoTokens() {
    encoder.encode(with("history", List.of()), batch);
    assertThat(tokens(0).get(6)).isEqualTo("history");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1, -2})
  void refusesNumbersOutsideTheTransform(double price) {
    assertRefused("price", price, "field price: " + price + ", expected a finite number above -1");
  }

  @Test
  void refusesANumberThatAFloatCannotHold() {
    FeatureEncoder plain =
        FeatureEncoder.compile(
            FeatureSchema.parse(record("{}", field("x", "'double'", "{'kind':'numeric'}"))));
    GenericRecord record = new GenericData.Record(plain.schema().avro());
    record.put("x", 1e39);
    assertThatThrownBy(() -> plain.encode(record, plain.newBatch()))
        .isInstanceOf(InvalidFeatureException.class)
        .hasMessage("field x: 1.0E39, expected a finite number within the range of a 32-bit float");
  }

  @Test
  void refusesLongStringsByTheirUtf8Length() {
    encoder.encode(with("ad_id", new Utf8("x".repeat(8192))), batch);
    assertRefused("ad_id", new Utf8("x".repeat(8193)), "at most 8192 UTF-8 bytes, not 8193");
    assertRefused("ad_id", "ü".repeat(4097), "not 8194");
    assertRefused("history", List.of(new Utf8("x".repeat(8193))), "field history");
  }

  @Test
  void refusesTypesThatTheSchemaDoesNotHave() {
    assertRefused("ad_id", 1.5, "field ad_id: 1.5, expected a string");
    assertRefused("price", "cheap", "field price: \"cheap\", expected a number");
    assertRefused("history", "a", "field history: \"a\", expected a list");
    assertRefused("history", Arrays.asList(new Utf8("a"), null), "no null among the items");
  }

  private void assertRefused(String field, Object value, String message) {
    batch.clear();
    encoder.encode(example(), batch);
    long hash = batch.hash(0);
    int tokens = batch.tokenCount();
    assertThatThrownBy(() -> encoder.encode(with(field, value), batch))
        .isInstanceOfSatisfying(
            InvalidFeatureException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageContaining(message);
    assertThat(batch.size()).isEqualTo(1);
    assertThat(batch.tokenCount()).isEqualTo(tokens);
    assertThat(batch.hash(0)).isEqualTo(hash);
    encoder.encode(example(), batch);
    assertThat(batch.hash(1)).isEqualTo(hash);
  }

  @Test
  void takesAnEqualSchemaAndNoOther() {
    Schema equal = new Schema.Parser().parse(SCHEMA.toString());
    GenericRecord copy = new GenericData.Record(equal);
    GenericRecord example = example();
    SCHEMA.getFields().forEach(f -> copy.put(f.name(), example.get(f.name())));
    encoder.encode(copy, batch);
    assertThat(batch.size()).isEqualTo(1);
    GenericRecord other =
        new GenericData.Record(record("{}", field("x", "'int'", "{'kind':'numeric'}")));
    assertThatThrownBy(() -> encoder.encode(other, batch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another schema");
    assertThatThrownBy(() -> encoder.encode(example, new EncodedBatch(3)))
        .hasMessageContaining("batch of 3 fields, expected 8");
  }
}
