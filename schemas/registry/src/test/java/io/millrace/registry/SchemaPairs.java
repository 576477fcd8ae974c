package io.millrace.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;

/**
 * Random Avro schemas, small and of few names, so that two of them often share types; and random
 * descendants of a schema, so that they often are nearly compatible.
 */
final class SchemaPairs {
  private static final List<Schema.Type> PRIMITIVES =
      List.of(
          Schema.Type.NULL,
          Schema.Type.BOOLEAN,
          Schema.Type.INT,
          Schema.Type.LONG,
          Schema.Type.FLOAT,
          Schema.Type.DOUBLE,
          Schema.Type.BYTES,
          Schema.Type.STRING);

  private final SplittableRandom random;
  private Map<String, Schema> named = new LinkedHashMap<>();

  SchemaPairs(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A schema of its own. */
  Schema schema() {
    named = new LinkedHashMap<>();
    return any(3);
  }

  /** A schema like another, with a few places changed. */
  Schema descendant(Schema schema) {
    named = new LinkedHashMap<>();
    return mutated(schema, new LinkedHashMap<>());
  }

  private Schema any(int depth) {
    int kind = random.nextInt(depth == 0 ? 8 : 14);
    return switch (kind) {
      case 8 -> Schema.createArray(any(depth - 1));
      case 9 -> Schema.createMap(any(depth - 1));
      case 10 -> union(depth);
      case 11 -> enumeration();
      case 12 -> fixed();
      case 13 -> record(depth);
      default -> Schema.create(PRIMITIVES.get(kind));
    };
  }

  private Schema union(int depth) {
    Map<String, Schema> branches = new LinkedHashMap<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Schema branch = any(depth - 1);
      if (branch.getType() != Schema.Type.UNION) {
        branches.put(branch.getFullName(), branch);
      }
    }
    return branches.isEmpty()
        ? Schema.create(Schema.Type.NULL)
        : Schema.createUnion(List.copyOf(branches.values()));
  }

  private String name(String kind) {
    return kind + random.nextInt(3);
  }

  private Schema enumeration() {
    String name = name("E");
    if (named.containsKey(name)) {
      return named.get(name);
    }
    List<String> symbols = new ArrayList<>();
    for (String symbol : List.of("A", "B", "C", "D")) {
      if (symbols.isEmpty() || random.nextBoolean()) {
        symbols.add(symbol);
      }
    }
    Schema schema =
        Schema.createEnum(
            name, null, null, symbols, random.nextInt(3) == 0 ? symbols.get(0) : null);
    named.put(name, schema);
    return schema;
  }

  private Schema fixed() {
    return named.computeIfAbsent(
        name("F"), n -> Schema.createFixed(n, null, null, 1 + random.nextInt(2)));
  }

  private Schema record(int depth) {
    String name = name("R");
    if (named.containsKey(name)) {
      return named.get(name);
    }
    Schema schema = Schema.createRecord(name, null, null, false);
    named.put(name, schema);
    List<Schema.Field> fields = new ArrayList<>();
    for (String field : List.of("a", "b", "c")) {
      if (random.nextInt(3) > 0) {
        fields.add(field(field, any(depth - 1)));
      }
    }
    schema.setFields(fields);
    if (random.nextInt(8) == 0) {
      schema.addAlias("R" + random.nextInt(3));
    }
    return schema;
  }

  private Schema.Field field(String name, Schema schema) {
    Schema first = schema.getType() == Schema.Type.UNION ? schema.getTypes().get(0) : schema;
    Object value =
        random.nextBoolean()
            ? null
            : switch (first.getType()) {
              case INT, LONG -> 0;
              case FLOAT, DOUBLE -> 0.5;
              case BOOLEAN -> true;
              case STRING -> "";
              case ARRAY -> List.of();
              case MAP -> Map.of();
              case NULL -> Schema.Field.NULL_DEFAULT_VALUE;
              default -> null;
            };
    Schema.Field field = new Schema.Field(name, schema, null, value);
    if (random.nextInt(8) == 0) {
      field.addAlias(List.of("a", "b", "c", "d").get(random.nextInt(4)));
    }
    return field;
  }

  private Schema mutated(Schema schema, Map<String, Schema> done) {
    if (done.containsKey(schema.getFullName())) {
      return done.get(schema.getFullName());
    }
    if (random.nextInt(12) == 0) {
      return any(1);
    }
    return switch (schema.getType()) {
      case ARRAY -> Schema.createArray(mutated(schema.getElementType(), done));
      case MAP -> Schema.createMap(mutated(schema.getValueType(), done));
      case UNION -> {
        Map<String, Schema> branches = new LinkedHashMap<>();
        for (Schema branch : schema.getTypes()) {
          Schema next = mutated(branch, done);
          if (next.getType() != Schema.Type.UNION && random.nextInt(8) > 0) {
            branches.put(next.getFullName(), next);
          }
        }
        yield branches.isEmpty() ? schema() : Schema.createUnion(List.copyOf(branches.values()));
      }
      case RECORD -> {
        Schema next = Schema.createRecord(schema.getName(), null, null, false);
        if (named.putIfAbsent(schema.getName(), next) != null) {
          yield named.get(schema.getName());
        }
        done.put(schema.getFullName(), next);
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
          if (random.nextInt(8) > 0) {
            fields.add(field(field.name(), mutated(field.schema(), done)));
          }
        }
        if (random.nextInt(4) == 0 && schema.getField("d") == null) {
          fields.add(field("d", any(1)));
        }
        next.setFields(fields);
        yield next;
      }
      default -> schema;
    };
  }
}
