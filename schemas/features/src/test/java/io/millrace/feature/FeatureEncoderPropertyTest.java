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
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureEncoderPropertyTest {
  private static LongStream seeds() {
    return new SplittableRandom(1).longs(100);
  }

  private static final int FEATURES = 100;

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

  @ParameterizedTest
  @MethodSource("seeds")
  void tokensDependNeitherOnFieldOrderNorOnOtherFields(long seed) {
    Random random = new Random(seed);
    List<String> values = new ArrayList<>();
    for (int left = 2 + random.nextInt(7); left > 0; left--) {
      values.add(text(random));
    }
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

  /** Any characters of Unicode, from none to thirty. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(31); left > 0; left--) {
      int character = random.nextInt(1 << (1 + random.nextInt(16)));
      text.append(Character.isSurrogate((char) character) ? 'x' : (char) character);
    }
    return text.toString();
  }

  /**
   * The hash is a fixed function, so the same hundred features are asked each time: a bound on
   * features drawn anew would be left by chance, now and then.
   */
  @Test
  void tokensSpreadEvenlyOverRows() {
    int rows = 64;
    int n = 64_000;
    double mean = (double) n / rows;
    double chiSquares = 0;
    for (int feature = 0; feature < FEATURES; feature++) {
      int[] counts = new int[rows];
      FeatureHash hash = FeatureHash.of("feature" + feature);
      for (int i = 0; i < n; i++) {
        counts[row(hash.ofLong(i), rows)]++;
      }
      double chiSquare = 0;
      for (int count : counts) {
        chiSquare += (count - mean) * (count - mean) / mean;
      }
      // 63 degrees of freedom: mean 63, standard deviation 11.2.
      assertThat(chiSquare).as("feature%d", feature).isBetween(20.0, 125.0);
      chiSquares += chiSquare;
    }
    // 6,300 degrees of freedom: mean 6,300, standard deviation 112; four of them away.
    assertThat(chiSquares).isBetween(5_852.0, 6_748.0);
  }

  @Test
  void equalValuesOfDifferentFeaturesMeetInARowByChanceOnly() {
    int rows = 64;
    int n = 64_000;
    int meetings = 0;
    for (int feature = 0; feature < FEATURES; feature++) {
      FeatureHash one = FeatureHash.of("feature" + feature);
      FeatureHash two = FeatureHash.of("feature" + (feature + 1));
      int ofPair = 0;
      for (int i = 0; i < n; i++) {
        if (row(one.ofLong(i), rows) == row(two.ofLong(i), rows)) {
          ofPair++;
        }
      }
      // Binomial(64,000, 1/64): mean 1,000, standard deviation 31.4; 5.5 of them away.
      assertThat(ofPair).as("feature%d", feature).isBetween(827, 1173);
      meetings += ofPair;
    }
    // A hundred of them: mean 100,000, standard deviation 314; four of them away.
    assertThat(meetings).isBetween(98_744, 101_256);
  }
}
