package io.millrace.ingestion.job;

import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.KafkaAccess;
import java.time.Clock;

/** Opens a view of the registry's topic. */
public record KafkaRegistryFactory(KafkaAccess kafka, String topic) implements RegistryFactory {
  @Override
  public SchemaRegistry open() {
    return new KafkaSchemaRegistry(kafka.client(), topic, Clock.systemUTC());
  }
}
