package io.millrace.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.registry.SchemaRegistry.RegisteredSchema;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of one record of the schemas topic, in UTF-8.
 *
 * <ul>
 *   <li>key: {@code {"keytype":"SCHEMA","subject":S,"version":V,"attempt":A}}
 *   <li>value: {@code {"subject":S,"version":V,"id":I,"schema":"..."}}
 * </ul>
 *
 * A is unique to each write. Without it, compaction could remove the first of two competing claims
 * to a version and so let the second win for those who read the log later.
 */
final class SchemaRecord {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY_TYPE = "SCHEMA";

  private SchemaRecord() {}

  static byte[] key(RegisteredSchema entry, String attempt) {
    ObjectNode key = JSON.createObjectNode();
    key.put("keytype", KEY_TYPE);
    key.put("subject", entry.subject());
    key.put("version", entry.version());
    key.put("attempt", attempt);
    return key.toString().getBytes(StandardCharsets.UTF_8);
  }

  static byte[] value(RegisteredSchema entry) {
    ObjectNode value = JSON.createObjectNode();
    value.put("subject", entry.subject());
    value.put("version", entry.version());
    value.put("id", entry.id());
    value.put("schema", entry.schema().toString());
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws IllegalArgumentException if the value is not such a record
   */
  static RegisteredSchema parse(byte @Nullable [] value) {
    if (value == null) {
      throw new IllegalArgumentException("value: null, expected JSON");
    }
    try {
      JsonNode json = JSON.readTree(new String(value, StandardCharsets.UTF_8));
      if (!json.path("subject").isTextual()
          || !json.path("version").isInt()
          || !json.path("id").isInt()
          || !json.path("schema").isTextual()) {
        throw new IllegalArgumentException(
            "value: " + json + ", expected subject, version, id and schema");
      }
      return new RegisteredSchema(
          json.get("id").intValue(),
          json.get("subject").textValue(),
          json.get("version").intValue(),
          new Schema.Parser().parse(json.get("schema").textValue()));
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalArgumentException("not a schema record: " + e.getMessage(), e);
    }
  }
}
