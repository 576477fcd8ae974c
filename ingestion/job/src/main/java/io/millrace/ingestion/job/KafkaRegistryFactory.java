package io.millrace.ingestion.job;

import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import java.time.Clock;
import java.util.Map;

/** Opens a view of the registry's topic. */
public record KafkaRegistryFactory(String bootstrap, String topic) implements RegistryFactory {
  @Override
  public SchemaRegistry open() {
    return new KafkaSchemaRegistry(
        Map.of("bootstrap.servers", bootstrap), topic, Clock.systemUTC());
  }
}
