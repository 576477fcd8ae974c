package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class ShownValueTest {
  @Test
  void valuesAreShownAsJson() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("a \"b\"", Arrays.asList(1, null, true, 2.5));
    object.put("c", Map.of("d", new Utf8("e")));
    assertThat(ShownValue.of(object))
        .isEqualTo("{\"a \\\"b\\\"\":[1,null,true,2.5],\"c\":{\"d\":\"e\"}}");
    assertThat(ShownValue.of("say \"hi\"\n")).isEqualTo("\"say \\\"hi\\\"\\n\"");
    assertThat(ShownValue.of(null)).isEqualTo("null");
    assertThat(ShownValue.of(List.of())).isEqualTo("[]");
  }

  @Test
  void longValuesAreCut() {
    assertThat(ShownValue.of("y".repeat(5000)))
        .isEqualTo("\"" + "y".repeat(120) + "… (5000 characters)\"");
    assertThat(ShownValue.of(List.of("y".repeat(5000))))
        .isEqualTo("[\"" + "y".repeat(118) + "… (5004 characters)");
    assertThat(ShownValue.text("abcdef", 4)).isEqualTo("abcd...");
  }

  @Test
  void nothingIsLeftThatATerminalActsOn() {
    String text = "a\u001b[2J\u007f\u009b\ud83d";
    assertThat(ShownValue.of(text)).isEqualTo("\"a\\u001B[2J\ufffd\ufffd\ufffd\"");
    assertThat(ShownValue.text(text, 99)).isEqualTo("a\ufffd[2J\ufffd\ufffd\ufffd");
    assertThat(ShownValue.text("\ud83d\ude00", 99)).isEqualTo("\ud83d\ude00");
  }
}
