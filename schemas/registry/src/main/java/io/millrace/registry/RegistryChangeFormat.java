package io.millrace.registry;

import static io.millrace.journal.JournalFormat.number;
import static io.millrace.journal.JournalFormat.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.journal.JournalFormat;
import io.millrace.registry.RegistryChange.AddVersion;
import io.millrace.registry.RegistryChange.DeleteSubject;
import io.millrace.registry.RegistryChange.DeleteVersion;
import io.millrace.registry.RegistryChange.SetConfig;
import io.millrace.registry.RegistryChange.SetMode;
import io.millrace.schema.CompatibilityLevel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of the registry in its journal: {@code "change":C} with
 *
 * <ul>
 *   <li>{@code schema}: {@code "subject","version","id","schema"} and, if there are any, {@code
 *       "references":[{"name","subject","version"}]}
 *   <li>{@code delete-version}: {@code "subject","version","permanent"}
 *   <li>{@code delete-subject}: {@code "subject","permanent"}
 *   <li>{@code config}: {@code "subject"} (absent: all), {@code "compatibility"}, {@code
 *       "normalize"}; neither of the two: the settings are removed
 *   <li>{@code mode}: {@code "subject"} (absent: all), {@code "mode"} (absent: removed)
 * </ul>
 */
final class RegistryChangeFormat implements JournalFormat<RegistryChange> {
  @Override
  public void write(RegistryChange change, ObjectNode value) {
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
  }

  private static void putIfPresent(ObjectNode node, String name, @Nullable Object value) {
    if (value != null) {
      node.put(name, value.toString());
    }
  }

  @Override
  public RegistryChange read(JsonNode json) {
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
}
