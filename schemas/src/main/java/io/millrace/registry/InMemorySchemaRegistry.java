package io.millrace.registry;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** A registry that lives and dies with its process: for tests and for tools that need no Kafka. */
public final class InMemorySchemaRegistry implements SchemaRegistry {
  private final SchemaLedger ledger = new SchemaLedger();

  @Override
  public synchronized RegisteredSchema register(String subject, Schema schema) {
    return ledger
        .find(subject, schema)
        .orElseGet(
            () -> {
              RegisteredSchema entry = ledger.next(subject, schema);
              ledger.accept(entry);
              return entry;
            });
  }

  @Override
  public synchronized Optional<RegisteredSchema> byId(int id) {
    return ledger.byId(id);
  }

  @Override
  public synchronized Optional<RegisteredSchema> latest(String subject) {
    return ledger.latest(subject);
  }

  @Override
  public synchronized List<String> subjects() {
    return ledger.subjects();
  }

  @Override
  public void close() {}
}
