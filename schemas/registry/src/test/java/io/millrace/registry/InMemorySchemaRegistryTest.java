package io.millrace.registry;

import io.millrace.schema.SchemaRegistry;

class InMemorySchemaRegistryTest extends SchemaRegistryContract {
  @Override
  SchemaRegistry open() {
    return new InMemorySchemaRegistry();
  }
}
