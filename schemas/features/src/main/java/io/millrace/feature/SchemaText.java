package io.millrace.feature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.regex.Pattern;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Reads the JSON of a schema, with messages for people who never wrote one. */
public final class SchemaText {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
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
    refuseNames(root);
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
