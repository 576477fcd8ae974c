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
   * A whole record. The tokens of ad_id and of the cross come from the reference implementation
   * (see FeatureHashTest); the hash of the encoding is this project's own, kept so that it cannot
   * change.
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

  /** The weight that a numeric feature gives a number. */
  private static float weight(String feature, double number) {
    FeatureEncoder plain =
        FeatureEncoder.compile(FeatureSchema.parse(record("{}", field("x", "'double'", feature))));
    GenericRecord record = new GenericData.Record(plain.schema().avro());
    record.put("x", number);
    EncodedBatch one = plain.newBatch();
    plain.encode(record, one);
    assertThat(one.token(0)).isEqualTo(FeatureHash.of("x").numericToken());
    return one.weight(0);
  }

  @Test
  void aNumberIsRefusedBeyondItsLimit() {
    String plain = "{'kind':'numeric'}";
    for (double ordinary : new double[] {0, -3.5, 1_999_99, 1.79e12, 1.79e15, 1e16, -1e16}) {
      assertThat(weight(plain, ordinary)).isEqualTo((float) ordinary);
    }
    for (double sentinel : new double[] {1.01e16, -1.01e16, 1e30, Float.MAX_VALUE, 1e39, 1e300}) {
      assertThatThrownBy(() -> weight(plain, sentinel))
          .isInstanceOf(InvalidFeatureException.class)
          .hasMessage(
              "field x: "
                  + sentinel
                  + ", expected a magnitude of at most 1.0E16, the feature's \"limit\" (a transform"
                  + " such as log1p or standardize makes it small, a larger \"limit\" or"
                  + " \"outliers\": \"clip\" takes it)");
    }
    assertThat(weight("{'kind':'numeric','limit':5}", 5)).isEqualTo(5);
    assertThatThrownBy(() -> weight("{'kind':'numeric','limit':5}", 5.01))
        .hasMessageContaining("at most 5.0, the feature's \"limit\"");
  }

  @Test
  void theLimitIsOnTheTransformedNumber() {
    assertThat(weight("{'kind':'numeric','transform':'log1p'}", 1e300))
        .isEqualTo((float) Math.log1p(1e300));
    String far = "{'kind':'numeric','transform':'standardize','mean':0,'std':1e-300}";
    assertThatThrownBy(() -> weight(far, 1e300)).hasMessageContaining("after its transform");
    assertThatThrownBy(
            () ->
                weight("{'kind':'numeric','transform':'log1p','limit':3,'outliers':'refuse'}", 50))
        .hasMessageContaining("field x: 50.0, expected a magnitude of at most 3.0 after");
  }

  @Test
  void aNumberIsClippedWhereTheSchemaSaysSo() {
    String clip = "{'kind':'numeric','limit':100,'outliers':'clip'}";
    assertThat(weight(clip, 99.5)).isEqualTo(99.5f);
    assertThat(weight(clip, 1e300)).isEqualTo(100);
    assertThat(weight(clip, -Float.MAX_VALUE)).isEqualTo(-100);
    String far =
        "{'kind':'numeric','transform':'standardize','mean':0,'std':1e-300,'limit':9,'outliers':'clip'}";
    assertThat(weight(far, -1e300)).isEqualTo(-9);
    for (double no : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> weight(clip, no)).hasMessageContaining("expected a finite number");
    }
    // what the transform is not defined for is no outlier
    assertThatThrownBy(() -> weight("{'kind':'numeric','transform':'log1p','outliers':'clip'}", -1))
        .hasMessageContaining("a finite number above -1");
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
