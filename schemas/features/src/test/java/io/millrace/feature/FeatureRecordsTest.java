package io.millrace.feature;

import static io.millrace.feature.FeatureSchemaTest.field;
import static io.millrace.feature.FeatureSchemaTest.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeatureRecordsTest {
  private static final FeatureSchema SCHEMA =
      FeatureSchema.parse(
          record(
              "{}",
              field("s", "'string'", "{'kind':'categorical'}"),
              "{'name':'i','type':'int','default':7}",
              "{'name':'l','type':['null','long'],'default':null}",
              "{'name':'d','type':['null','double']}",
              "{'name':'f','type':'float','default':0.5}",
              "{'name':'b','type':'boolean','default':false}",
              "{'name':'e','type':{'type':'enum','name':'E','symbols':['X','Y']},'default':'Y'}",
              "{'name':'n','type':{'type':'array','items':'int'},'default':[1]}",
              "{'name':'m','type':{'type':'map','values':'int'},'default':{}}",
              "{'name':'h','type':{'type':'array','items':'string'},'default':[],"
                  + "'feature':{'kind':'sequence','split':' '}}"));

  private static Map<String, @Nullable Object> json(@Nullable Object... keysAndValues) {
    Map<String, @Nullable Object> map = new HashMap<>(Map.of("s", "x"));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
    }
    return map;
  }

  @Test
  void whatIsNotThereIsNullOrTheDefault() {
    GenericRecord record = FeatureRecords.fromMap(SCHEMA, json());
    assertThat(record)
        .hasToString(
            "{\"s\": \"x\", \"i\": 7, \"l\": null, \"d\": null, \"f\": 0.5, \"b\": false, \"e\":"
                + " \"Y\", \"n\": [1], \"m\": {}, \"h\": []}");
  }

  @Test
  void takesEveryType() {
    GenericRecord record =
        FeatureRecords.fromMap(
            SCHEMA,
            json(
                "i",
                -3,
                "l",
                BigInteger.TEN,
                "d",
                4,
                "f",
                2.5,
                "b",
                true,
                "e",
                "X",
                "n",
                List.of(3, 4),
                "m",
                Map.of("k", 5),
                "h",
                List.of("p", "q")));
    assertThat(record)
        .hasToString(
            "{\"s\": \"x\", \"i\": -3, \"l\": 10, \"d\": 4.0, \"f\": 2.5, \"b\": true, \"e\": \"X\","
                + " \"n\": [3, 4], \"m\": {\"k\": 5}, \"h\": [\"p\", \"q\"]}");
    assertThat(GenericData.get().validate(SCHEMA.avro(), record)).isTrue();
  }

  @Test
  void aDefaultIsNotSharedBetweenRecords() {
    List<?> first = (List<?>) FeatureRecords.fromMap(SCHEMA, json()).get("n");
    first.clear();
    assertThat(FeatureRecords.fromMap(SCHEMA, json()).get("n")).isEqualTo(List.of(1));
  }

  @Test
  void refusesNamingFieldExpectationAndValue() {
    refused(json("s", 3), "field s: 3, expected a string");
    refused(json("s", null), "field s: null, expected a value (it is not nullable)");
    refused(json("i", 3.5), "field i: 3.5, expected an integer of 32 bits");
    refused(json("i", 3e10), "field i: 3.0E10, expected an integer of 32 bits");
    assertThat(FeatureRecords.fromMap(SCHEMA, json("i", 3.0)).get("i")).isEqualTo(3);
    refused(json("i", 1L << 31), "field i: 2147483648, expected an integer of 32 bits");
    refused(json("i", "3"), "field i: \"3\", expected an integer of 32 bits");
    refused(json("l", BigInteger.TWO.pow(63)), "expected an integer of 64 bits");
    refused(json("d", Double.NaN), "field d: NaN, expected a finite number");
    refused(json("f", 1e39), "field f: 1.0E39, expected a finite number");
    refused(json("b", 1), "field b: 1, expected true or false");
    refused(json("e", "Z"), "field e: \"Z\", expected one of [X, Y]");
    refused(json("n", "1"), "field n: \"1\", expected a list");
    refused(json("n", List.of(1, "2")), "field n[1]: \"2\", expected an integer of 32 bits");
    refused(json("n", Arrays.asList(1, null)), "field n[1]: null, expected a value");
    refused(json("m", Map.of("k", "v")), "field m.k: \"v\", expected an integer");
    refused(json("ss", "x"), "field ss: \"x\", expected a field of t.R, did you mean 's'?");
    refused(Map.of(), "field s: null, expected a value (it is neither nullable nor has it a");
    refused(Map.of("ss", "x"), "field ss: \"x\", expected a field of t.R, did you mean 's'?");
  }

  private static void refused(Map<String, ? extends @Nullable Object> values, String message) {
    assertThatThrownBy(() -> FeatureRecords.fromMap(SCHEMA, values))
        .isInstanceOf(InvalidFeatureException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anUnusableLongValueIsShownShortened() {
    assertThatThrownBy(() -> FeatureRecords.fromMap(SCHEMA, json("b", "y".repeat(5000))))
        .message()
        .contains("… (5000 characters)")
        .hasSizeLessThan(200);
  }

  @Test
  void readsText() {
    GenericRecord record =
        FeatureRecords.fromStrings(
            SCHEMA,
            Map.of(
                "s", "", "i", "-3", "l", "", "d", "1e3", "f", "", "b", "true", "e", "X", "n", "3|4",
                "h", "p q "));
    assertThat(record)
        .hasToString(
            "{\"s\": \"\", \"i\": -3, \"l\": null, \"d\": 1000.0, \"f\": 0.5, \"b\": true, \"e\":"
                + " \"X\", \"n\": [3, 4], \"m\": {}, \"h\": [\"p\", \"q\", \"\"]}");
    assertThat(GenericData.get().validate(SCHEMA.avro(), record)).isTrue();
  }

  @Test
  void refusesTextThatIsNotOfTheType() {
    refusedText("i", "3.5", "field i: \"3.5\", expected an integer of 32 bits");
    refusedText("l", "x", "field l: \"x\", expected an integer of 64 bits");
    refusedText("d", "Infinity", "field d: \"Infinity\", expected a finite number");
    refusedText("b", "maybe", "field b: \"maybe\", expected yes or no");
    refusedText("e", "Z", "field e: \"Z\", expected one of [X, Y]");
    refusedText("n", "1|b", "field n[1]: \"b\", expected an integer");
    refusedText("m", "1", "cannot come from text");
    refusedText("sx", "1", "field sx: \"1\", expected a field of t.R");
  }

  private static void refusedText(String field, String text, String message) {
    assertThatThrownBy(() -> FeatureRecords.fromStrings(SCHEMA, Map.of("s", "x", field, text)))
        .isInstanceOf(InvalidFeatureException.class)
        .hasMessageContaining(message);
  }
}
