package io.millrace.feature;

import static io.millrace.feature.FeatureSchemaTest.field;
import static io.millrace.feature.FeatureSchemaTest.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

class FeatureEncoderPropertyTest {
  private static String categorical(String name) {
    return field(name, "'string'", "{'kind':'categorical'}");
  }

  /** The token as a fraction of 2^64, times {@code rows}; multiply-high of unsigned numbers. */
  private static int row(long token, int rows) {
    return (int) (Math.multiplyHigh(token, rows) + (token < 0 ? rows : 0));
  }

  /** Field name to token. */
  private static Map<String, Long> encode(List<String> names, Map<String, String> values) {
    FeatureEncoder encoder =
        FeatureEncoder.compile(
            FeatureSchema.parse(
                record(
                    "{}",
                    names.stream()
                        .map(FeatureEncoderPropertyTest::categorical)
                        .toArray(String[]::new))));
    GenericRecord record = new GenericData.Record(encoder.schema().avro());
    names.forEach(name -> record.put(name, values.get(name)));
    EncodedBatch batch = encoder.newBatch();
    encoder.encode(record, batch);
    Map<String, Long> tokens = new HashMap<>();
    for (int f = 0; f < encoder.fields(); f++) {
      tokens.put(encoder.fieldNames().get(f), batch.token(batch.start(0, f)));
    }
    return tokens;
  }

  @Property(tries = 100)
  void tokensDependNeitherOnFieldOrderNorOnOtherFields(
      @ForAll @Size(min = 2, max = 8) List<String> values, @ForAll Random random) {
    List<String> names = new ArrayList<>();
    Map<String, String> byName = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      names.add("f" + i);
      byName.put("f" + i, values.get(i));
    }
    Map<String, Long> tokens = encode(names, byName);
    List<String> fewer = new ArrayList<>(names.subList(0, names.size() - 1));
    Map<String, Long> expected = new HashMap<>(tokens);
    expected.remove(names.get(names.size() - 1));
    assertThat(encode(fewer, byName)).isEqualTo(expected);
    Collections.shuffle(names, random);
    assertThat(encode(names, byName)).isEqualTo(tokens);
  }

  @Property(tries = 20)
  void tokensSpreadEvenlyOverRows(@ForAll @IntRange(min = 0, max = 1_000_000) int feature) {
    int rows = 64;
    int n = 64_000;
    int[] counts = new int[rows];
    FeatureHash hash = FeatureHash.of("feature" + feature);
    for (int i = 0; i < n; i++) {
      counts[row(hash.ofLong(i), rows)]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      double d = count - (double) n / rows;
      chiSquare += d * d / ((double) n / rows);
    }
    // 63 degrees of freedom: mean 63, standard deviation 11.2; 5.5 of them away.
    assertThat(chiSquare).isBetween(10.0, 125.0);
  }

  @Property(tries = 20)
  void equalValuesOfDifferentFeaturesMeetInARowByChanceOnly(
      @ForAll @IntRange(min = 0, max = 1_000_000) int feature) {
    int rows = 64;
    int n = 64_000;
    FeatureHash one = FeatureHash.of("feature" + feature);
    FeatureHash two = FeatureHash.of("feature" + (feature + 1));
    int meetings = 0;
    for (int i = 0; i < n; i++) {
      if (row(one.ofLong(i), rows) == row(two.ofLong(i), rows)) {
        meetings++;
      }
    }
    // Binomial(64,000, 1/64): mean 1,000, standard deviation 31.4; 5.5 of them away.
    assertThat(meetings).isBetween(827, 1173);
  }
}
