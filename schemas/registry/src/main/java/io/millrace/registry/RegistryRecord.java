package io.millrace.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.registry.RegistryChange.AddVersion;
import io.millrace.registry.RegistryChange.DeleteSubject;
import io.millrace.registry.RegistryChange.DeleteVersion;
import io.millrace.registry.RegistryChange.SetConfig;
import io.millrace.registry.RegistryChange.SetMode;
import io.millrace.schema.CompatibilityLevel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record of the schemas topic, in JSON and UTF-8; format 1.
 *
 * <ul>
 *   <li>key: {@code {"attempt":A}}
 *   <li>value: {@code {"format":1,"revision":R,"change":C,...}} with
 *       <ul>
 *         <li>{@code schema}: {@code "subject","version","id","schema"} and, if there are any,
 *             {@code "references":[{"name","subject","version"}]}
 *         <li>{@code delete-version}: {@code "subject","version","permanent"}
 *         <li>{@code delete-subject}: {@code "subject","permanent"}
 *         <li>{@code config}: {@code "subject"} (absent: all), {@code "compatibility"}, {@code
 *             "normalize"}; neither of the two: the settings are removed
 *         <li>{@code mode}: {@code "subject"} (absent: all), {@code "mode"} (absent: removed)
 *       </ul>
 * </ul>
 *
 * A is unique to each write: compaction keeps the newest record of a key, and if two claims to one
 * revision shared a key, it would remove the one that came first and let the other win for those
 * who read the log later.
 *
 * @param attempt A
 * @param revision the change that this would be, counted from 1
 */
record RegistryRecord(String attempt, long revision, RegistryChange change) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT = 1;

  byte[] key() {
    return bytes(JSON.createObjectNode().put("attempt", attempt));
  }

  byte[] value() {
    ObjectNode value = JSON.createObjectNode();
    value.put("format", FORMAT);
    value.put("revision", revision);
    if (change instanceof AddVersion add) {
      value.put("change", "schema").put("subject", add.subject());
      value.put("version", add.version()).put("id", add.id());
      value.put("schema", add.content().text());
      if (!add.content().references().isEmpty()) {
        ArrayNode references = value.putArray("references");
        for (SchemaReference reference : add.content().references()) {
          references
              .addObject()
              .put("name", reference.name())
              .put("subject", reference.subject())
              .put("version", reference.version());
        }
      }
    } else if (change instanceof DeleteVersion delete) {
      value.put("change", "delete-version").put("subject", delete.subject());
      value.put("version", delete.version()).put("permanent", delete.permanent());
    } else if (change instanceof DeleteSubject delete) {
      value.put("change", "delete-subject").put("subject", delete.subject());
      value.put("permanent", delete.permanent());
    } else if (change instanceof SetConfig set) {
      value.put("change", "config");
      putIfPresent(value, "subject", set.subject());
      SubjectConfig config = set.config();
      if (config != null) {
        putIfPresent(value, "compatibility", config.compatibility());
        if (config.normalize() != null) {
          value.put("normalize", config.normalize());
        }
      }
    } else if (change instanceof SetMode set) {
      value.put("change", "mode");
      putIfPresent(value, "subject", set.subject());
      putIfPresent(value, "mode", set.mode());
    }
    return bytes(value);
  }

  private static void putIfPresent(ObjectNode node, String name, @Nullable Object value) {
    if (value != null) {
      node.put(name, value.toString());
    }
  }

  private static byte[] bytes(ObjectNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws IllegalArgumentException if the bytes are not such a record
   */
  static RegistryRecord parse(byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null || value == null) {
      throw new IllegalArgumentException("key or value: null, expected JSON");
    }
    try {
      JsonNode json = JSON.readTree(new String(value, StandardCharsets.UTF_8));
      if (json.path("format").asInt() != FORMAT) {
        throw new IllegalArgumentException("format: " + json.path("format") + ", expected 1");
      }
      return new RegistryRecord(
          text(JSON.readTree(new String(key, StandardCharsets.UTF_8)), "attempt"),
          number(json, "revision").longValue(),
          change(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static RegistryChange change(JsonNode json) {
    String change = text(json, "change");
    return switch (change) {
      case "schema" ->
          new AddVersion(
              text(json, "subject"),
              number(json, "version").intValue(),
              number(json, "id").intValue(),
              new SchemaContent(text(json, "schema"), references(json.path("references"))));
      case "delete-version" ->
          new DeleteVersion(
              text(json, "subject"),
              number(json, "version").intValue(),
              json.path("permanent").asBoolean());
      case "delete-subject" ->
          new DeleteSubject(text(json, "subject"), json.path("permanent").asBoolean());
      case "config" -> new SetConfig(json.path("subject").textValue(), config(json));
      case "mode" ->
          new SetMode(
              json.path("subject").textValue(),
              json.has("mode") ? RegistryMode.valueOf(text(json, "mode")) : null);
      default -> throw new IllegalArgumentException("change: " + change + ", expected a known one");
    };
  }

  private static @Nullable SubjectConfig config(JsonNode json) {
    if (!json.has("compatibility") && !json.has("normalize")) {
      return null;
    }
    return new SubjectConfig(
        json.has("compatibility") ? CompatibilityLevel.valueOf(text(json, "compatibility")) : null,
        json.has("normalize") ? json.get("normalize").asBoolean() : null);
  }

  private static List<SchemaReference> references(JsonNode array) {
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode each : array) {
      references.add(
          new SchemaReference(
              text(each, "name"), text(each, "subject"), number(each, "version").intValue()));
    }
    return references;
  }

  private static String text(JsonNode json, String name) {
    String text = json.path(name).textValue();
    if (text == null) {
      throw new IllegalArgumentException(
          "%s: %s, expected a string".formatted(name, json.path(name)));
    }
    return text;
  }

  private static Number number(JsonNode json, String name) {
    Number number = json.path(name).numberValue();
    if (number == null) {
      throw new IllegalArgumentException(
          "%s: %s, expected a number".formatted(name, json.path(name)));
    }
    return number;
  }
}
