package io.millrace.topic;

import io.millrace.schema.SchemaRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The newest record of a compacted topic that holds records of one kind for one key. A daemon
 * thread reads from the beginning and then follows; {@link #newest} may be called by any thread.
 * Kafka being away, or the topic not being there yet, is tried again for ever.
 *
 * @param <T> the contract that the topic holds
 */
public final class NewestRecord<T extends SpecificRecordBase> implements AutoCloseable {
  private final Last<T> last = new Last<>();
  private final TopicFollower<T> follower;

  private static final class Last<T> implements TopicFollower.Listener<T> {
    private @Nullable T last; // confined to the reading thread
    private volatile @Nullable T newest;

    @Override
    public void begun() {
      last = null;
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record, T value) {
      last = value;
    }

    @Override
    public void looked(boolean caughtUp) {
      // What was the newest long ago is not shown on the way to the end.
      if (caughtUp && last != null) {
        newest = last;
      }
    }
  }

  /**
   * Begins to read.
   *
   * @param client Kafka client properties, at least {@code bootstrap.servers}
   * @param registries called by the reading thread; it may block until Kafka can be reached. The
   *     registry is not closed here.
   */
  public NewestRecord(
      Map<String, Object> client,
      String topic,
      Class<T> contract,
      Supplier<SchemaRegistry> registries) {
    this.follower = new TopicFollower<>(client, topic, contract, registries, last);
  }

  /** The newest record, empty until everything that was there at first has been read. */
  public Optional<T> newest() {
    return Optional.ofNullable(last.newest);
  }

  @Override
  public void close() {
    follower.close();
  }
}
