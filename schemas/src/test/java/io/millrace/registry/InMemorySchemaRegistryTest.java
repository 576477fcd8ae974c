package io.millrace.registry;

class InMemorySchemaRegistryTest extends SchemaRegistryContract {
  @Override
  SchemaRegistry open() {
    return new InMemorySchemaRegistry();
  }
}
