package io.millrace.registry.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.registry.SchemaContent;
import io.millrace.registry.SchemaReference;
import io.millrace.registry.SchemaVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON objects of answers; fields that are null are left out. */
final class Bodies {
  private Bodies() {}

  record Failed(@JsonProperty("error_code") int code, String message) {}

  record Id(int id) {}

  /** An answer for an id. */
  record Schema(
      String schema, @Nullable List<SchemaReference> references, @Nullable Integer maxId) {
    static Schema of(SchemaContent content, @Nullable Integer maxId) {
      return new Schema(content.text(), referencesOrNull(content), maxId);
    }
  }

  /** An answer for a version. */
  record Version(
      String subject,
      int version,
      int id,
      @Nullable List<SchemaReference> references,
      String schema,
      @Nullable Boolean deleted) {
    static Version of(SchemaVersion version) {
      return new Version(
          version.subject(),
          version.version(),
          version.id(),
          referencesOrNull(version.content()),
          version.content().text(),
          version.deleted() ? true : null);
    }
  }

  record SubjectVersion(String subject, int version) {}

  record Compatible(
      @JsonProperty("is_compatible") boolean compatible, @Nullable List<String> messages) {}

  private static @Nullable List<SchemaReference> referencesOrNull(SchemaContent content) {
    return content.references().isEmpty() ? null : content.references();
  }
}
