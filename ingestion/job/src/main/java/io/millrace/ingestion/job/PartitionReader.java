package io.millrace.ingestion.job;

import io.millrace.ingestion.ReadPositions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads partitions by one consumer, and says twice a second how far it is in each and where each
 * ends. The end comes from the partition's leader, so while Kafka does not answer it is unknown.
 * Runs in the fetcher's thread; {@link #wakeUp} in any.
 */
final class PartitionReader implements SplitReader<PartitionReader.Read, KafkaPartitionSplit> {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

  /** Of values in one poll. The queue to the task holds two polls, and one waits to get in. */
  private static final long POLL_BYTES = 32 << 20;

  private static final long REPORT_NANOS = 500_000_000;

  /** A record, or a position. */
  sealed interface Read {
    record Event(ConsumerRecord<byte[], byte[]> record) implements Read {}

    /**
     * @param takenNanos when the report was begun
     * @param last whether it is the last one of a report
     */
    record Position(ReadPositions.Position position, long takenNanos, boolean last)
        implements Read {}
  }

  private final BoundedBytes values = new BoundedBytes(POLL_BYTES);
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final boolean acceptLost;
  private final Map<TopicPartition, Long> starts = new HashMap<>();
  private boolean changed;
  private long reportedNanos;

  /**
   * @param properties of the consumer
   * @param acceptLost whether to go on at the first record that there is where the next one is gone
   */
  PartitionReader(Properties properties, boolean acceptLost) {
    this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), values);
    this.acceptLost = acceptLost;
  }

  @Override
  public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new UnsupportedOperationException(
          "change of splits: " + change.getClass() + ", expected an addition");
    }
    List<TopicPartition> assigned = new ArrayList<>(consumer.assignment());
    for (KafkaPartitionSplit split : change.splits()) {
      assigned.add(split.getTopicPartition());
      starts.put(split.getTopicPartition(), split.getStartingOffset());
    }
    consumer.assign(assigned);
    for (KafkaPartitionSplit split : change.splits()) {
      if (split.getStartingOffset() >= 0) {
        consumer.seek(split.getTopicPartition(), split.getStartingOffset());
      } else {
        consumer.seekToBeginning(List.of(split.getTopicPartition()));
      }
    }
    changed = true;
  }

  @Override
  public RecordsWithSplitIds<Read> fetch() {
    Batch batch = new Batch();
    if (changed) {
      // All partitions are known before the first event of any.
      changed = false;
      report(batch, false);
      return batch;
    }
    ConsumerRecords<byte[], byte[]> records;
    try {
      checkStarts();
      values.begin();
      records = consumer.poll(POLL);
    } catch (WakeupException e) {
      return batch;
    } catch (OffsetOutOfRangeException e) {
      e.offsetOutOfRangePartitions().forEach(this::lost);
      return batch;
    } catch (RetriableException e) {
      LOG.debug("cannot read, trying again: {}", e.toString());
      return batch;
    }
    for (TopicPartition partition : records.partitions()) {
      for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
        batch.add(partition, new Read.Event(record));
      }
    }
    if (System.nanoTime() - reportedNanos >= REPORT_NANOS) {
      report(batch, true);
      reportedNanos = System.nanoTime();
    }
    return batch;
  }

  /** A stored offset that Kafka no longer has, or does not have yet, is not read from. */
  private void checkStarts() {
    if (starts.isEmpty()) {
      return;
    }
    Map<TopicPartition, Long> first = consumer.beginningOffsets(starts.keySet());
    Map<TopicPartition, Long> end = consumer.endOffsets(starts.keySet());
    for (Map.Entry<TopicPartition, Long> start : Map.copyOf(starts).entrySet()) {
      long offset = start.getValue();
      if (offset >= 0 && (offset < of(first, start.getKey()) || offset > of(end, start.getKey()))) {
        lost(start.getKey(), offset);
      }
      starts.remove(start.getKey());
    }
  }

  private void lost(TopicPartition partition, long next) {
    List<TopicPartition> one = List.of(partition);
    long first = of(consumer.beginningOffsets(one), partition);
    long end = of(consumer.endOffsets(one), partition);
    LostEvents lost = new LostEvents(partition.topic(), partition.partition(), next, first, end);
    if (!acceptLost) {
      throw lost;
    }
    LOG.warn("accepted: {}", String.valueOf(lost.getCause()));
    consumer.seekToBeginning(one);
  }

  private static long of(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return Objects.requireNonNull(offsets.get(partition));
  }

  private Map<TopicPartition, Long> ends() {
    try {
      return consumer.endOffsets(consumer.assignment(), ANSWER_WITHIN);
    } catch (WakeupException | RetriableException e) {
      return Map.of();
    } catch (KafkaException e) {
      LOG.warn("cannot ask for the ends of partitions: {}", e.toString());
      return Map.of();
    }
  }

  private void report(Batch batch, boolean asks) {
    long takenNanos = System.nanoTime();
    Map<TopicPartition, Long> ends = asks ? ends() : Map.of();
    List<TopicPartition> assigned = new ArrayList<>(consumer.assignment());
    for (int i = 0; i < assigned.size(); i++) {
      TopicPartition partition = assigned.get(i);
      long next = ends.isEmpty() ? ReadPositions.UNKNOWN : next(partition);
      long end =
          next == ReadPositions.UNKNOWN
              ? ReadPositions.UNKNOWN
              : ends.getOrDefault(partition, ReadPositions.UNKNOWN);
      batch.add(
          partition,
          new Read.Position(
              new ReadPositions.Position(partition.topic(), partition.partition(), next, end),
              takenNanos,
              i == assigned.size() - 1));
    }
  }

  private long next(TopicPartition partition) {
    try {
      return consumer.position(partition, ANSWER_WITHIN);
    } catch (WakeupException | RetriableException e) {
      return ReadPositions.UNKNOWN;
    }
  }

  @Override
  public void wakeUp() {
    consumer.wakeup();
  }

  @Override
  public void pauseOrResumeSplits(
      Collection<KafkaPartitionSplit> pause, Collection<KafkaPartitionSplit> resume) {
    consumer.resume(resume.stream().map(KafkaPartitionSplit::getTopicPartition).toList());
    consumer.pause(pause.stream().map(KafkaPartitionSplit::getTopicPartition).toList());
  }

  @Override
  public void close() {
    consumer.close();
  }

  /** Partition by partition; the positions of a report behind all records, the last one last. */
  private static final class Batch implements RecordsWithSplitIds<Read> {
    private final Map<String, List<Read>> events = new LinkedHashMap<>();
    private final List<Map.Entry<String, List<Read>>> order = new ArrayList<>();
    private @Nullable Iterator<Map.Entry<String, List<Read>>> splits;
    private @Nullable Iterator<Read> reads;

    void add(TopicPartition partition, Read read) {
      String split = KafkaPartitionSplit.toSplitId(partition);
      if (read instanceof Read.Position) {
        order.add(Map.entry(split, List.of(read)));
      } else {
        events.computeIfAbsent(split, key -> new ArrayList<>()).add(read);
      }
    }

    @Override
    public @Nullable String nextSplit() {
      Iterator<Map.Entry<String, List<Read>>> present = splits;
      if (present == null) {
        List<Map.Entry<String, List<Read>>> all = new ArrayList<>(events.entrySet());
        all.addAll(order);
        present = all.iterator();
        splits = present;
      }
      if (!present.hasNext()) {
        return null;
      }
      Map.Entry<String, List<Read>> next = present.next();
      reads = next.getValue().iterator();
      return next.getKey();
    }

    @Override
    public @Nullable Read nextRecordFromSplit() {
      Iterator<Read> present = reads;
      return present != null && present.hasNext() ? present.next() : null;
    }

    @Override
    public Set<String> finishedSplits() {
      return Set.of();
    }
  }
}
