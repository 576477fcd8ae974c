package io.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.InvalidSchemaException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SchemaTextTest {
  private final RegistryState state = new RegistryState();

  private String read(String text, boolean normalize) {
    try {
      return SchemaText.read(text, List.of(), normalize, state).content().text();
    } catch (InvalidSchemaException e) {
      throw new AssertionError(text, e);
    }
  }

  private void refused(String text, String words) {
    assertThatThrownBy(() -> SchemaText.read(text, List.of(), false, state))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining(words);
  }

  @Test
  void keepsWhatAvroKeepsAndNothingOfTheLayout() {
    assertThat(
            read(
                " {\"fields\" : [ {\"type\":{\"type\":\"long\"},\"name\":\"x\",\"feature\":{\"z\":1,\"a\":2}}],"
                    + "\"name\":\"b.A\", \"type\":\"record\"} ",
                false))
        .isEqualTo(
            "{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"b\",\"fields\":"
                + "[{\"name\":\"x\",\"type\":\"long\",\"feature\":{\"z\":1,\"a\":2}}]}");
  }

  @Test
  void normalizedPropertiesAreInOrder() {
    String schema = "{\"type\":\"long\",\"z\":{\"b\":1,\"a\":[{\"d\":1,\"c\":2}]},\"p\":1}";
    assertThat(read(schema, true))
        .isEqualTo("{\"type\":\"long\",\"p\":1,\"z\":{\"a\":[{\"c\":2,\"d\":1}],\"b\":1}}");
    assertThat(read(read(schema, true), true)).isEqualTo(read(schema, true));
  }

  @Test
  void theDeepestThatIsAllowedWorks() {
    assertThat(read(nested(SchemaLimits.MAX_DEPTH - 1), true)).isNotEmpty();
    refused(nested(SchemaLimits.MAX_DEPTH + 1), "nesting depth");
    refused("[".repeat(100_000), "nesting depth");
  }

  private static String nested(int depth) {
    return "{\"type\":\"array\",\"items\":".repeat(depth) + "\"int\"" + "}".repeat(depth);
  }

  @Test
  void hasALimitOnEverything() {
    refused("\"" + "x".repeat(SchemaLimits.MAX_CHARS) + "\"", "expected at most 1048576");
    refused("[" + "1,".repeat(SchemaLimits.MAX_TOKENS) + "1]", "Token count");
    refused(
        IntStream.rangeClosed(0, SchemaLimits.MAX_BRANCHES)
            .mapToObj("{\"type\":\"fixed\",\"size\":1,\"name\":\"f%d\"}"::formatted)
            .collect(Collectors.joining(",", "[", "]")),
        "union: 501 branches, expected at most 500");
    refused(
        IntStream.rangeClosed(0, SchemaLimits.MAX_SYMBOLS)
            .mapToObj(i -> "\"s" + i + "\"")
            .collect(
                Collectors.joining(",", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[", "]}")),
        "enum e: 10001 symbols, expected at most 10000");
    refused("{\"type\":\"fixed\",\"name\":\"f\",\"size\":" + "9".repeat(101) + "}", "length");
  }

  @Test
  void refusesWhatAvroOrJsonRefuse() {
    refused("", "empty");
    refused("int", "Unrecognized token");
    refused("\"int\" \"int\"", "more than one JSON value");
    refused("{\"type\":\"int\",\"type\":\"long\"}", "Duplicate field 'type'");
    refused("\"nothing\"", "not an Avro schema");
    refused("{\"type\":\"record\",\"name\":\"a\"}", "not an Avro schema");
    refused(
        "{\"type\":\"record\",\"name\":\"a\",\"fields\":[{\"name\":\"x\",\"type\":\"int\",\"default\":\"no\"}]}",
        "not an Avro schema");
    refused("{\"type\":\"record\",\"name\":\"a b\",\"fields\":[]}", "not an Avro schema");
  }

  @Test
  void aChainOfReferencesIsReadInItsOrder() throws Exception {
    SchemaReference last = null;
    for (int i = 0; i < 40; i++) {
      String field = i == 0 ? "\"int\"" : "\"r" + (i - 1) + "\"";
      String text =
          "{\"type\":\"record\",\"name\":\"r%d\",\"fields\":[{\"name\":\"x\",\"type\":%s}]}"
              .formatted(i, field);
      List<SchemaReference> references = last == null ? List.of() : List.of(last);
      SchemaContent content = SchemaText.read(text, references, false, state).content();
      assertThat(content.text()).isEqualTo(text);
      state.apply(i + 1, new RegistryChange.AddVersion("s" + i, 1, i + 1, content));
      last = new SchemaReference("r" + i, "s" + i, 1);
    }
    assertThat(state.entry(40)).isNotNull();
    assertThat(
            SchemaText.parse(state.live("s39").get(0).content(), state)
                .getField("x")
                .schema()
                .getField("x")
                .schema()
                .getName())
        .isEqualTo("r37");
  }
}
