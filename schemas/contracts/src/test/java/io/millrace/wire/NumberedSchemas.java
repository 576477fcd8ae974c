package io.millrace.wire;

import io.millrace.schema.SchemaRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** Gives ids from 1 on, and asks nothing of a schema. */
public final class NumberedSchemas implements SchemaRegistry {
  private final List<RegisteredSchema> schemas = new ArrayList<>();

  @Override
  public RegisteredSchema register(String subject, Schema schema) {
    return schemas.stream()
        .filter(known -> known.subject().equals(subject) && known.schema().equals(schema))
        .findFirst()
        .orElseGet(() -> add(subject, schema));
  }

  private RegisteredSchema add(String subject, Schema schema) {
    int version = latest(subject).map(RegisteredSchema::version).orElse(0) + 1;
    schemas.add(new RegisteredSchema(schemas.size() + 1, subject, version, schema));
    return schemas.get(schemas.size() - 1);
  }

  @Override
  public Optional<RegisteredSchema> byId(int id) {
    return id < 1 || id > schemas.size() ? Optional.empty() : Optional.of(schemas.get(id - 1));
  }

  @Override
  public Optional<RegisteredSchema> latest(String subject) {
    return schemas.stream()
        .filter(known -> known.subject().equals(subject))
        .reduce((first, second) -> second);
  }

  @Override
  public List<String> subjects() {
    return schemas.stream().map(RegisteredSchema::subject).distinct().toList();
  }

  @Override
  public void close() {}
}
