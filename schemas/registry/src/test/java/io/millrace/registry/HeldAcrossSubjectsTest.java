package io.millrace.registry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.CompatibilityLevel;
import io.millrace.schema.SchemaRules;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** A record that rules hold to what other subjects have of it. */
class HeldAcrossSubjectsTest {
  /** A record keeps its doc, and only those with one are held. */
  private static final SchemaRules SAME_DOC =
      new SchemaRules() {
        @Override
        public void validate(String subject, Schema schema) {}

        @Override
        public List<String> incompatibilities(
            String subject, Schema newer, List<Schema> older, CompatibilityLevel level) {
          return older.stream()
              .filter(version -> !newer.getDoc().equals(version.getDoc()))
              .map(version -> newer.getDoc() + " after " + version.getDoc())
              .toList();
        }

        @Override
        public boolean holdAcrossSubjects(Schema newer) {
          return newer.getDoc() != null;
        }
      };

  private static SchemaRequest record(String name, String doc) {
    return new SchemaRequest(
        "{\"type\":\"record\",\"name\":\"%s\",\"namespace\":\"shop\",\"doc\":\"%s\",\"fields\":[]}"
            .formatted(name, doc));
  }

  @Test
  void aRecordIsHeldToItsNewestVersionsUnderAllSubjects() {
    try (RegistryService registry = RegistryService.inMemory(SAME_DOC)) {
      registry.register("shop.Ad", record("Ad", "one"), false);
      registry.register("shop.Adventure", record("Adventure", "another"), false);
      assertThatThrownBy(() -> registry.register("impressions-value", record("Ad", "two"), false))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("subject shop.Ad: two after one");
      registry.register("impressions-value", record("Ad", "one"), false);
      registry.register("others-value", record("Other", "two"), false);
    }
  }
}
