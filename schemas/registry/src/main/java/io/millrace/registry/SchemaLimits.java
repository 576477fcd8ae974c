package io.millrace.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.millrace.schema.InvalidSchemaException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * How large a schema may be. Avro reads and compares schemas by recursion and, where there are many
 * branches or symbols, in quadratic time; within these limits neither stack nor time runs out.
 */
final class SchemaLimits {
  static final int MAX_CHARS = 1 << 20;
  static final int MAX_DEPTH = 200;
  static final int MAX_TOKENS = 200_000;
  static final int MAX_BRANCHES = 500;
  static final int MAX_SYMBOLS = 10_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(100)
                  .maxTokenCount(MAX_TOKENS)
                  .build())
          .build();

  private SchemaLimits() {}

  /**
   * Checks the text before Avro sees it.
   *
   * @throws InvalidSchemaException if it is not one JSON value without duplicate keys, or too large
   */
  static void checkText(String text) throws InvalidSchemaException {
    if (text.length() > MAX_CHARS) {
      throw new InvalidSchemaException(
          "schema: %d characters, expected at most %d".formatted(text.length(), MAX_CHARS));
    }
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new InvalidSchemaException("schema: empty, expected JSON");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw new InvalidSchemaException("schema: more than one JSON value");
      }
    } catch (IOException e) {
      throw new InvalidSchemaException("schema: " + firstLine(e), e);
    }
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("not JSON");
  }

  /**
   * Checks what Avro made of it.
   *
   * @throws InvalidSchemaException if a union or an enum is too large
   */
  static void checkSchema(Schema schema) throws InvalidSchemaException {
    Set<Schema> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Schema> open = new ArrayDeque<>();
    open.push(schema);
    while (!open.isEmpty()) {
      Schema next = open.pop();
      if (!seen.add(next)) {
        continue;
      }
      switch (next.getType()) {
        case RECORD -> next.getFields().forEach(field -> open.push(field.schema()));
        case ARRAY -> open.push(next.getElementType());
        case MAP -> open.push(next.getValueType());
        case UNION -> {
          check("union", next.getTypes().size(), "branches", MAX_BRANCHES);
          next.getTypes().forEach(open::push);
        }
        case ENUM ->
            check(
                "enum " + next.getFullName(), next.getEnumSymbols().size(), "symbols", MAX_SYMBOLS);
        default -> {}
      }
    }
  }

  private static void check(String what, int found, String ofWhat, int most)
      throws InvalidSchemaException {
    if (found > most) {
      throw new InvalidSchemaException(
          "%s: %d %s, expected at most %d".formatted(what, found, ofWhat, most));
    }
  }
}
