package io.millrace.feature;

import java.util.ArrayList;
import java.util.List;

/** What a valid feature schema lacks that its author may have meant to say. */
public final class SchemaRemarks {
  private SchemaRemarks() {}

  /** A sentence for each role that no field has and that live events need. */
  public static List<String> of(FeatureSchema schema) {
    List<String> remarks = new ArrayList<>();
    if (schema.timeField().isEmpty()) {
      remarks.add(
          remark(
              schema,
              "time",
              "an event over HTTP says it beside its features or gets the time of its arrival, and"
                  + " the rows of a file keep their order"));
    }
    if (schema.idField().isEmpty()) {
      remarks.add(remark(schema, "id", "an event over HTTP says it beside its features"));
    }
    return remarks;
  }

  private static String remark(FeatureSchema schema, String role, String otherwise) {
    return "%s names no field with the %s (\"millrace\": {\"%s\": …}): %s; over Kafka its records need an Impression around them"
        .formatted(schema.name(), role, role, otherwise);
  }
}
