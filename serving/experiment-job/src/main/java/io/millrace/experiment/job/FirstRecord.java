package io.millrace.experiment.job;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * A source without a state begins at the first record that is kept. One that goes on from a state
 * fails where its next record is gone.
 *
 * @param acceptLost whether it skips to the first record that is left instead
 */
record FirstRecord(boolean acceptLost) implements OffsetsInitializer {
  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (TopicPartition partition : partitions) {
      offsets.put(partition, KafkaPartitionSplit.EARLIEST_OFFSET);
    }
    return offsets;
  }

  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return acceptLost ? OffsetResetStrategy.EARLIEST : OffsetResetStrategy.NONE;
  }
}
