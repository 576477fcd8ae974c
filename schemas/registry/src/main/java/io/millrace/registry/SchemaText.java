package io.millrace.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.schema.InvalidSchemaException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** From the text of a schema to its content, and back from a content to the schema. */
final class SchemaText {
  private static final int MAX_REFERENCES = 1_000;
  private static final int MAX_REFERENCE_DEPTH = 50;

  /** Writes the keys of every object in alphabetical order. */
  private static final ObjectMapper SORTED =
      JsonMapper.builder()
          .configure(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, true)
          .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
          .build();

  private SchemaText() {}

  /**
   * A schema with what the registry keeps of it.
   *
   * @param schema with its references resolved
   */
  record Parsed(Schema schema, SchemaContent content) {}

  /**
   * Reads the text of a schema that anyone may have written.
   *
   * @param normalize whether texts that differ only in the order of properties or of references
   *     become the same content
   * @param state holds what is referred to
   * @throws InvalidSchemaException if it is not an Avro schema, or too large or deep for one
   */
  static Parsed read(
      String text, List<SchemaReference> references, boolean normalize, RegistryState state)
      throws InvalidSchemaException {
    SchemaLimits.checkText(text);
    try {
      List<SchemaReference> ordered =
          normalize
              ? references.stream()
                  .distinct()
                  .sorted(
                      Comparator.comparing(SchemaReference::name)
                          .thenComparing(SchemaReference::subject)
                          .thenComparing(SchemaReference::version))
                  .toList()
              : references;
      Map<String, Schema> known = referenced(ordered, state);
      Schema schema = parser(known).parse(text);
      SchemaLimits.checkSchema(schema);
      if (normalize) {
        schema = parser(known).parse(sorted(write(schema, known)));
      }
      return new Parsed(schema, new SchemaContent(write(schema, known), ordered));
    } catch (RuntimeException | JsonProcessingException e) {
      throw new InvalidSchemaException("not an Avro schema: " + words(e), e);
    }
  }

  /** Avro's words, except where they name its own insides. */
  private static String words(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("UnresolvedSchema")
        ? "a name of a type that is neither defined in it nor referenced"
        : message;
  }

  /** The schema of a content that is in the registry. */
  static Schema parse(SchemaContent content, RegistryState state) {
    try {
      return parser(referenced(content.references(), state))
          .setValidateDefaults(false)
          .parse(content.text());
    } catch (InvalidSchemaException e) {
      throw new IllegalStateException("a registered schema can be parsed: " + content, e);
    }
  }

  private static Schema.Parser parser(Map<String, Schema> known) {
    return new Schema.Parser().addTypes(known.values());
  }

  @SuppressWarnings("deprecation") // the only way to have Avro leave referenced types out
  private static String write(Schema schema, Map<String, Schema> known) {
    return known.isEmpty() ? schema.toString() : schema.toString(known.values(), false);
  }

  private static String sorted(String json) throws JsonProcessingException {
    JsonNode tree = SORTED.readTree(json);
    return SORTED.writeValueAsString(SORTED.treeToValue(tree, Object.class));
  }

  /** The named types that references stand for and those that they need, by full name. */
  private static Map<String, Schema> referenced(
      List<SchemaReference> references, RegistryState state) throws InvalidSchemaException {
    if (references.isEmpty()) {
      return Map.of();
    }
    Map<String, SchemaContent> inOrder = new LinkedHashMap<>();
    collect(references, state, inOrder, 0);
    Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
    for (SchemaContent content : inOrder.values()) {
      parser.parse(content.text());
    }
    return parser.getTypes();
  }

  /** Puts what references need before them. Nothing can refer to what comes later: no circle. */
  private static void collect(
      List<SchemaReference> references,
      RegistryState state,
      Map<String, SchemaContent> inOrder,
      int depth)
      throws InvalidSchemaException {
    for (SchemaReference reference : references) {
      String place = reference.subject() + '\n' + reference.version();
      if (inOrder.containsKey(place)) {
        continue;
      }
      SchemaVersion version = state.versions(reference.subject()).get(reference.version());
      if (version == null) {
        throw new InvalidSchemaException(
            "reference to %s: subject '%s' has no version %d"
                .formatted(reference.name(), reference.subject(), reference.version()));
      }
      if (depth == MAX_REFERENCE_DEPTH || inOrder.size() == MAX_REFERENCES) {
        throw new InvalidSchemaException(
            "references: more than %d, or more than %d in a chain"
                .formatted(MAX_REFERENCES, MAX_REFERENCE_DEPTH));
      }
      collect(version.content().references(), state, inOrder, depth + 1);
      inOrder.put(place, version.content());
    }
  }
}
