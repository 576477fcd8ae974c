package io.millrace.feature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Reads the JSON of a schema, with messages for people who never wrote one. */
public final class SchemaText {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Set<String> PRIMITIVES =
      Set.of("null", "boolean", "int", "long", "float", "double", "bytes", "string");

  /** What other languages call them. */
  private static final Map<String, String> OTHER_WORDS =
      Map.of(
          "str", "string", "text", "string", "integer", "int", "bool", "boolean", "number",
          "double");

  private static final ObjectMapper JSON = new ObjectMapper();

  private SchemaText() {}

  /**
   * Reads a schema.
   *
   * @throws InvalidFeatureSchemaException saying what is wrong, and of a name that Avro cannot take
   *     how the column is named beside the field
   */
  public static Schema parse(String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InvalidFeatureSchemaException(
          "line %d, column %d: no JSON there, expected an Avro schema such as {\"type\":\"record\",...}"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
    if (root.isMissingNode()) {
      throw new InvalidFeatureSchemaException(
          "empty, expected an Avro schema such as {\"type\":\"record\",...}");
    } else if (!root.isObject() && !root.isTextual()) {
      throw new InvalidFeatureSchemaException(
          "%s, expected an Avro schema such as {\"type\":\"record\",...}"
              .formatted(root.isArray() ? "a JSON list" : root.toString()));
    }
    refuseNames(root);
    refuseTypes(root);
    try {
      return new Schema.Parser().parse(json);
    } catch (AvroRuntimeException e) {
      throw new InvalidFeatureSchemaException("not an Avro schema: " + e.getMessage());
    }
  }

  /** A name that Avro can take, made from any text: what it cannot take becomes an underscore. */
  public static String safeName(String text) {
    String safe = text.strip().replaceAll("[^A-Za-z0-9_]+", "_").replaceAll("^_+|_+$", "");
    return safe.isEmpty() ? "field" : Character.isDigit(safe.charAt(0)) ? "_" + safe : safe;
  }

  /** Types that are written otherwise, such as {@code String}. */
  private static void refuseTypes(JsonNode root) {
    for (JsonNode field : root.path("fields")) {
      JsonNode type = field.path("type");
      for (JsonNode one : type.isArray() ? type : List.of(type)) {
        String name = one.asText("");
        String lower =
            OTHER_WORDS.getOrDefault(name.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
        if (!name.equals(lower) && PRIMITIVES.contains(lower)) {
          throw new InvalidFeatureSchemaException(
              "field '%s': unknown type '%s', did you mean '%s'?"
                  .formatted(field.path("name").asText(), name, lower));
        }
      }
    }
  }

  private static void refuseNames(JsonNode root) {
    for (JsonNode field : root.path("fields")) {
      String name = field.path("name").asText("");
      if (!name.isEmpty() && !NAME.matcher(name).matches()) {
        throw new InvalidFeatureSchemaException(
            ("field '%s': Avro takes letters, digits and _ in a name, expected another one with the"
                    + " column beside it: {\"name\":\"%s\",\"column\":%s,...}")
                .formatted(name, safeName(name), JSON.valueToTree(name)));
      }
    }
  }
}
