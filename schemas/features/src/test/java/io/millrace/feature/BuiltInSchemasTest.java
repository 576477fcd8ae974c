package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BuiltInSchemasTest {
  static List<String> names() {
    return BuiltInSchemas.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void eachLoadsAndNamesItsIdAndTime(String name) {
    FeatureSchema schema = BuiltInSchemas.load(name);
    assertThat(schema.idField()).contains("impression_id");
    assertThat(schema.timeField()).contains("event_time");
    assertThat(FeatureEncoder.compile(schema).fields()).isEqualTo(schema.encodedFields().size());
  }

  @Test
  void fieldCounts() {
    Map<String, Integer> fields = new HashMap<>();
    names().forEach(name -> fields.put(name, BuiltInSchemas.load(name).encodedFields().size()));
    assertThat(fields)
        .isEqualTo(
            Map.of(
                "movielens-stream",
                8,
                "talkingdata",
                6,
                "criteo",
                39,
                "libsvm-10",
                10,
                "ad-world",
                9));
  }

  @Test
  void aMovielensRowBecomesTokens() {
    FeatureEncoder encoder =
        FeatureEncoder.compile(BuiltInSchemas.load(BuiltInSchemas.MOVIELENS_STREAM));
    Map<String, String> row =
        new HashMap<>(
            Map.of(
                "impression_id",
                "1",
                "event_time",
                "946684800000",
                "user",
                "7",
                "item",
                "9",
                "gender",
                "F",
                "age",
                "25",
                "occ",
                "3",
                "zip",
                "00000"));
    row.put("genres", "Comedy|Drama");
    row.put("year", "1999");
    GenericRecord record = FeatureRecords.fromStrings(encoder.schema(), row);
    EncodedBatch batch = encoder.newBatch();
    encoder.encode(record, batch);
    assertThat(batch.tokenCount()).isEqualTo(9);
    assertThat(batch.weight(batch.start(0, 6))).isEqualTo(0.5f);
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThatThrownBy(() -> BuiltInSchemas.load("critoe"))
        .hasMessage("feature schema: unknown 'critoe', did you mean 'criteo'?");
  }
}
