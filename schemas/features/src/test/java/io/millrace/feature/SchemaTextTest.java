package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** First tries of somebody who never wrote an Avro schema. */
class SchemaTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "~~;empty, expected an Avro schema",
        "[1,2];a JSON list, expected an Avro schema",
        "7;7, expected an Avro schema",
        "{\"type\":;line 1, column 9: no JSON there",
        "{\"fields\":[{\"name\":\"a\",\"type\":\"String\"}]};field 'a': unknown type 'String', did you mean 'string'?",
        "{\"fields\":[{\"name\":\"a\",\"type\":[\"null\",\"integer\"]}]};field 'a': unknown type 'integer', did you mean 'int'?",
        "{\"fields\":[{\"name\":\"a b\",\"type\":\"int\"}]};field 'a b': Avro takes letters",
      })
  void isToldWhereAndWhatIsRight(String json, String words) {
    assertThatThrownBy(() -> SchemaText.parse(json))
        .isInstanceOf(InvalidFeatureSchemaException.class)
        .hasMessageContaining(words);
  }
}
