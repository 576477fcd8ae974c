package io.millrace.registry;

/** A registry that lives and dies with its process: for tests and for tools that need no Kafka. */
public final class InMemorySchemaRegistry extends LoggedSchemaRegistry {
  public InMemorySchemaRegistry() {
    super(RegistryLog.inMemory());
  }
}
