package io.millrace.ingestion.job;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Key and value as they are, to one topic. */
record OutboundToTopic(String topic) implements KafkaRecordSerializationSchema<Outbound> {
  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Outbound record, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(topic, record.key(), record.value());
  }
}
