package io.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.journal.JournalRecord;
import io.millrace.registry.RegistryChange.AddVersion;
import io.millrace.registry.RegistryChange.DeleteSubject;
import io.millrace.registry.RegistryChange.DeleteVersion;
import io.millrace.registry.RegistryChange.SetConfig;
import io.millrace.registry.RegistryChange.SetMode;
import io.millrace.schema.CompatibilityLevel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryChangeFormatTest {
  private static final RegistryChangeFormat FORMAT = new RegistryChangeFormat();

  /** Format 1, byte for byte: logs hold it for ever. */
  @Test
  void writesAndReadsTheDocumentedJson() {
    String subject = "\"subject\":\"shop.Ad-value\"";
    check(
        new AddVersion("shop.Ad-value", 2, 7, new SchemaContent("\"int\"", List.of())),
        "\"change\":\"schema\"," + subject + ",\"version\":2,\"id\":7,\"schema\":\"\\\"int\\\"\"");
    check(
        new AddVersion(
            "shop.Ad-value",
            2,
            7,
            new SchemaContent("\"a.B\"", List.of(new SchemaReference("a.B", "b", 3)))),
        "\"change\":\"schema\","
            + subject
            + ",\"version\":2,\"id\":7,\"schema\":\"\\\"a.B\\\"\","
            + "\"references\":[{\"name\":\"a.B\",\"subject\":\"b\",\"version\":3}]");
    check(
        new DeleteVersion("shop.Ad-value", 2, true),
        "\"change\":\"delete-version\"," + subject + ",\"version\":2,\"permanent\":true");
    check(
        new DeleteSubject("shop.Ad-value", false),
        "\"change\":\"delete-subject\"," + subject + ",\"permanent\":false");
    check(
        new SetConfig("shop.Ad-value", new SubjectConfig(CompatibilityLevel.FULL, true)),
        "\"change\":\"config\"," + subject + ",\"compatibility\":\"FULL\",\"normalize\":true");
    check(
        new SetConfig(null, new SubjectConfig(CompatibilityLevel.NONE, null)),
        "\"change\":\"config\",\"compatibility\":\"NONE\"");
    check(new SetConfig("shop.Ad-value", null), "\"change\":\"config\"," + subject);
    check(
        new SetMode("shop.Ad-value", RegistryMode.IMPORT),
        "\"change\":\"mode\"," + subject + ",\"mode\":\"IMPORT\"");
    check(new SetMode(null, null), "\"change\":\"mode\"");
  }

  private static void check(RegistryChange change, String json) {
    JournalRecord<RegistryChange> record = new JournalRecord<>("x-1", 41, change);
    assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("{\"attempt\":\"x-1\"}");
    assertThat(record.value(FORMAT))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"format\":1,\"revision\":41," + json + "}");
    assertThat(JournalRecord.parse(record.key(), record.value(FORMAT), FORMAT)).isEqualTo(record);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "null",
        "[]",
        "{\"format\":2,\"revision\":1,\"change\":\"mode\"}",
        "{\"format\":1,\"revision\":\"1\",\"change\":\"mode\"}",
        "{\"format\":1,\"revision\":1,\"change\":\"mode\",\"mode\":\"SIDEWAYS\"}",
        "{\"format\":1,\"revision\":1,\"change\":\"delete-version\",\"subject\":\"s\"}"
      })
  void refusesWhatIsNoRecord(String value) {
    assertThatThrownBy(
            () ->
                JournalRecord.parse(
                    "{\"attempt\":\"a\"}".getBytes(StandardCharsets.UTF_8),
                    value.getBytes(StandardCharsets.UTF_8),
                    FORMAT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
