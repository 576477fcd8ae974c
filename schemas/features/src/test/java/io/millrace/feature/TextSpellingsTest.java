package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values as files write them. */
class TextSpellingsTest {
  private static final FeatureSchema SCHEMA =
      FeatureSchema.parse(
          """
          {"type":"record","name":"R","fields":[
           {"name":"n","type":["null","long"],"default":null,"feature":{"kind":"numeric"}},
           {"name":"x","type":["null","double"],"default":null,"feature":{"kind":"numeric"}},
           {"name":"b","type":["null","boolean"],"default":null,"feature":{"kind":"categorical"}},
           {"name":"t","type":["null","string"],"default":null,"feature":{"kind":"categorical"}},
           {"name":"m","type":["null","string"],"default":null,"missing":["NA","-"],"feature":{"kind":"categorical"}},
           {"name":"ts","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null}]}""");

  private static @Nullable Object value(String field, String text) {
    Object value = FeatureRecords.fromStrings(SCHEMA, Map.of(field, text)).get(field);
    return value instanceof CharSequence ? value.toString() : value;
  }

  private static void refused(String field, String text, String expectation) {
    assertThatThrownBy(() -> value(field, text))
        .isInstanceOf(InvalidFeatureException.class)
        .hasMessageContaining(expectation);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"12", " 12", "12 ", "12.0", "+12", "1.2e1", "1200e-2", "012", "\uff11\uff12"})
  void aWholeNumberIsOneInEachSpelling(String text) {
    assertThat(value("n", text)).isEqualTo(12L);
    assertThat(value("x", text)).isEqualTo(12.0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12d",
        "12f",
        "1D",
        "0x1p3",
        "0x10",
        "1_000",
        "Infinity",
        "1e",
        ".",
        "1.2.3",
        "e5",
        "--1",
        "1 2"
      })
  void whatOnlyAProgrammingLanguageCallsANumberIsNone(String text) {
    refused("n", text, "expected an integer of 64 bits");
    refused("x", text, "expected a finite number");
  }

  @Test
  void numbersOutOfBoundsAreRefusedAtOnce() {
    refused("n", "9223372036854775808", "integer of 64 bits");
    refused("n", "1e999999999", "integer of 64 bits");
    refused("n", "1e-999999999", "integer of 64 bits");
    refused("n", "12.5", "integer of 64 bits");
    refused("x", "1e999", "finite number");
    assertThat(value("n", "-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    assertThat(value("n", "0e999999999")).isEqualTo(0L);
  }

  @Test
  void aCommaIsRefusedUnlessTheFileSaysWhatItIs() {
    refused("x", "1,234", "a comma may be decimal or one of thousands");
    refused("x", "12,5", "a comma may be decimal or one of thousands");
    assertThat(NumberSpelling.THOUSANDS_COMMA.toDouble("1,234.5")).isEqualTo(1234.5);
    assertThat(NumberSpelling.THOUSANDS_COMMA.toDouble("12,5")).isNaN();
    assertThat(NumberSpelling.DECIMAL_COMMA.toDouble("1.234,5")).isEqualTo(1234.5);
    assertThat(NumberSpelling.DECIMAL_COMMA.toDouble("1 234,5")).isEqualTo(1234.5);
    assertThat(NumberSpelling.DECIMAL_COMMA.toDouble("1.5")).isNaN();
  }

  @ParameterizedTest
  @CsvSource({
    "true,true",
    "TRUE,true",
    "t,true",
    "Yes,true",
    "y,true",
    "1,true",
    "1.0,true",
    "+1,true",
    "1e0,true",
    "False,false",
    "f,false",
    "NO,false",
    "n,false",
    "0,false",
    "0.000,false",
    "-1,false"
  })
  void booleansInEachSpelling(String text, boolean expected) {
    assertThat(value("b", text)).isEqualTo(expected);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(new Locale("tr", "TR"));
      assertThat(Truth.of(text)).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NA", "NULL", "null", "\\N", "nan", "NaN", "None", "?", "-", " NA "})
  void missingValuesAreNullButATextIsKept(String text) {
    assertThat(value("n", text)).isNull();
    assertThat(value("x", text)).isNull();
    assertThat(value("b", text)).isNull();
    assertThat(value("t", text)).isEqualTo(text.isEmpty() ? null : text);
    assertThat(value("m", "NA")).isNull();
    assertThat(value("m", "NULL")).isEqualTo("NULL");
  }

  @Test
  void aMissingValueOfAFieldThatNeedsOneIsRefused() {
    FeatureSchema needed =
        FeatureSchema.parse(
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"n\",\"type\":\"int\",\"feature\":{\"kind\":\"numeric\"}}]}");
    assertThatThrownBy(() -> FeatureRecords.fromStrings(needed, Map.of("n", "NaN")))
        .hasMessage("field n: \"NaN\", expected a value (it is not nullable)");
  }

  @ParameterizedTest
  @CsvSource({
    "2017-11-07 09:30:38,0",
    "2017-11-07T09:30:38,0",
    "2017-11-07T09:30:38Z,0",
    "2017-11-07 09:30:38 UTC,0",
    "2017-11-07T09:30:38.123456Z,123",
    "2017-11-07T11:30:38+02:00,0",
    "2017-11-07 11:30:38+0200,0",
    "2017-11-07 11:30:38+02,0",
    "2017-11-07 09:30,-38000",
    "2017-11-07,-34238000",
    "2017/11/07 09:30:38,0",
    "1510047038000,0"
  })
  void instantsInEachSpelling(String text, long difference) {
    assertThat(value("ts", text)).isEqualTo(1510047038000L + difference);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000-00-00 00:00:00",
        "2017-11-07 24:00:00",
        "2017-02-30",
        "2017-11-07 09:30:60",
        "2017-11-07x",
        "2017-11-07T09:30:38+99:00",
        "yesterday"
      })
  void timesThatAreNoneAreRefused(String text) {
    refused("ts", text, "expected a date and time (UTC) such as 2017-11-07 09:30:38");
  }

  @Test
  void epochsByUnitAndMagnitude() {
    assertThat(InstantSpelling.SECONDS.millis("1510047038")).isEqualTo(1510047038000L);
    assertThat(InstantSpelling.SECONDS.millis("1510047038.25")).isEqualTo(1510047038250L);
    assertThat(InstantSpelling.MICROS.millis("-1")).isEqualTo(-1L);
    for (String text :
        new String[] {"1510047038", "1510047038000", "1510047038000000", "1510047038000000000"}) {
      assertThat(InstantSpelling.BY_MAGNITUDE.millis(text)).isEqualTo(1510047038000L);
    }
    assertThat(InstantSpelling.YYMMDDHH.millis("14102118")).isEqualTo(1413914400000L);
    assertThat(InstantSpelling.COMPACT.millis("20171107093038")).isEqualTo(1510047038000L);
    assertThat(InstantSpelling.MONTH_DAY_YEAR.millis("11/7/2017 9:30:38"))
        .isEqualTo(1510047038000L);
    assertThat(InstantSpelling.DAY_MONTH_YEAR.millis("07.11.2017 09:30:38"))
        .isEqualTo(1510047038000L);
  }

  @Test
  void aNameThatAvroCannotTakeIsAnsweredWithItsColumn() {
    assertThatThrownBy(
            () ->
                FeatureSchema.parse(
                    "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"Clicked on Ad\",\"type\":\"long\"}]}"))
        .isInstanceOf(InvalidFeatureSchemaException.class)
        .hasMessageContaining("field 'Clicked on Ad': Avro takes letters, digits and _")
        .hasMessageContaining("{\"name\":\"Clicked_on_Ad\",\"column\":\"Clicked on Ad\",...}");
    assertThatThrownBy(() -> FeatureSchema.parse("{'type'")).hasMessageContaining("no JSON there");
  }

  @Test
  void aColumnBelongsToOneField() {
    assertThatThrownBy(
            () ->
                FeatureSchema.parse(
                    "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                        + "{\"name\":\"a\",\"column\":\"A b\",\"type\":\"long\",\"feature\":{\"kind\":\"numeric\"}},"
                        + "{\"name\":\"c\",\"column\":\"A b\",\"type\":\"long\",\"feature\":{\"kind\":\"numeric\"}}]}"))
        .hasMessageContaining(
            "R.c.column: 'A b', expected a column that no other field has, not a's");
  }
}
