package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.EventDecoder;
import io.millrace.schema.SchemaRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The event topics as a source that also says how far it is: between the events come {@link
 * io.millrace.ingestion.ReadPositions}. What a transaction aborted is not read. Records are decoded
 * here.
 *
 * <p>Finding and assigning partitions, and the form of what is stored, are those of Flink's Kafka
 * source; only the reader is ours, because no one else is told the end of a partition.
 */
final class EventSource implements Source<Arrival, KafkaPartitionSplit, KafkaSourceEnumState> {
  private static final long serialVersionUID = 1;
  private static final String DISCOVERY_MILLIS = "10000";

  private final KafkaSource<byte[]> partitions;
  private final Map<String, String> consumer;
  private final RegistryFactory registry;
  private final int maxEventBytes;
  private final boolean acceptLostEvents;

  EventSource(IngestionJobConfig config, RegistryFactory registry) {
    this.registry = registry;
    this.maxEventBytes = config.maxEventBytes();
    this.acceptLostEvents = config.acceptLostEvents();
    this.consumer = new HashMap<>(config.kafka().properties());
    consumer.put("client.id", config.topicPrefix() + "millrace-ingestion");
    consumer.put("isolation.level", "read_committed");
    consumer.put("enable.auto.commit", "false");
    consumer.put("auto.offset.reset", "none");
    consumer.put("max.poll.records", "2000");
    consumer.putIfAbsent("default.api.timeout.ms", "10000");
    this.partitions =
        KafkaSource.<byte[]>builder()
            .setProperties(config.kafka().asProperties())
            .setTopics(List.of(config.topics().impressions(), config.topics().clicks()))
            .setGroupId(config.topicPrefix() + "millrace-ingestion")
            .setStartingOffsets(new FromTheStart())
            .setDeserializer(
                KafkaRecordDeserializationSchema.valueOnly(ByteArrayDeserializer.class))
            .setProperty("partition.discovery.interval.ms", DISCOVERY_MILLIS)
            .build();
  }

  /** From the first record of each partition; where a stored offset is gone, there is no other. */
  static final class FromTheStart implements OffsetsInitializer {
    private static final long serialVersionUID = 1;

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      partitions.forEach(partition -> offsets.put(partition, KafkaPartitionSplit.EARLIEST_OFFSET));
      return offsets;
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
      return OffsetResetStrategy.NONE;
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<Arrival, KafkaPartitionSplit> createReader(SourceReaderContext context) {
    Properties properties = new Properties();
    properties.putAll(consumer);
    SchemaRegistry schemas = registry.open();
    EventDecoder decoder = new EventDecoder(schemas, maxEventBytes, System::currentTimeMillis);
    return new EventReader(
        () -> new PartitionReader(properties, acceptLostEvents), decoder, schemas, context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return partitions.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState stored)
      throws java.io.IOException {
    return partitions.restoreEnumerator(context, stored);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return partitions.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return partitions.getEnumeratorCheckpointSerializer();
  }
}
