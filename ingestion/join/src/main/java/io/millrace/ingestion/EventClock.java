package io.millrace.ingestion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Event time of live events. It belongs to the partitions: the <em>time of a partition</em> is that
 * of its latest event, less the out-of-orderness. An event counts no later than it was written, so
 * that one producer whose clock is ahead closes nothing.
 *
 * <p>The <em>event time</em> is the earliest of the partitions' times. For a partition that was
 * read to its end and has been silent for the idle timeout, it is what all had reached when Kafka
 * last confirmed that end; so nothing waits for an empty partition, everything waits for one that
 * has records which were not read, and no record is behind others only because they were read or
 * decided on before it. Event time never goes back, and only events move it.
 *
 * <p>While all partitions are silent, {@link #time} passes beyond event time at the pace of a
 * monotonic clock, so that label windows close on a quiet night. That is an estimate: the next
 * event ends it, and what was estimated holds nobody back.
 *
 * <p>How long a partition has been silent is told by its reader's clock ({@link
 * ReadPositions#takenNanos}), so a join that is slow does not take what waits before it for
 * silence.
 *
 * <p>Partitions' times are state: the records that they come from are not read again after a
 * restore. Stored form, big endian: 'E', version 1, i64 event time, i32 number of partitions; each
 * u16 topic length, topic, i32 partition, i64 latest event time. Not thread-safe.
 */
public final class EventClock {
  /** Of a time before any event. */
  public static final long NONE = Long.MIN_VALUE;

  /** A partition this far behind the latest one is one that event time waits for. */
  private static final long BEHIND_MILLIS = 60_000;

  private static final byte MAGIC = 'E';
  private static final byte VERSION = 1;

  private record Name(String topic, int partition) {}

  private static final class Partition {
    final Name name;
    long latest = NONE;
    long lag;

    /** Whether it, or an event of it, is new since the last report. */
    boolean hasNew = true;

    /** When the last event had been read at the latest; of no event, when it was known first. */
    long lastEventNanos;

    /** Everything that was written until then has been read; empty before Kafka says so. */
    @Nullable Seen read;

    /** An end to be reached, and what was known when it was the end. */
    long goal = ReadPositions.UNKNOWN;

    @Nullable Seen atGoal;

    Partition(Name name) {
      this.name = name;
    }

    void at(ReadPositions.Position position, Seen now) {
      if (hasNew) {
        hasNew = false;
        lastEventNanos = now.nanos;
      }
      lag = position.lag();
      if (goal != ReadPositions.UNKNOWN && position.next() >= goal) {
        read = atGoal;
        goal = ReadPositions.UNKNOWN;
      }
      if (position.atEnd()) {
        read = now;
      } else if (position.end() != ReadPositions.UNKNOWN && goal == ReadPositions.UNKNOWN) {
        goal = position.end();
        atGoal = now;
      }
    }

    /** For how long it had been silent when it was last known to be read to its end. */
    long silentNanos() {
      return read == null || hasNew ? -1 : read.nanos - lastEventNanos;
    }
  }

  /**
   * What a report finds.
   *
   * @param nanos when, by the reader's clock
   * @param latest of all partitions' times
   */
  private record Seen(long nanos, long latest) {}

  /**
   * The partition that event time waits for.
   *
   * @param seconds for how long event time has been more than a minute behind because of it
   * @param lag records of it that are left to read
   * @param eventTime the time of the partition, or empty before its first event
   */
  public record Holder(
      String topic, int partition, long seconds, long lag, OptionalLong eventTime) {}

  private final long outOfOrderness;
  private final long idleNanos;
  private final Map<Name, Partition> partitions = new HashMap<>();
  private @Nullable Partition last;
  private boolean reported;
  private long eventTime = NONE;
  private long quietMillis;
  private long waitsSinceNanos;
  private @Nullable Partition holder;

  /**
   * @param outOfOrderness how much later than its successors in a partition an event may come
   * @param idleTimeout a partition that was read to its end and silent so long is not waited for
   */
  public EventClock(Duration outOfOrderness, Duration idleTimeout) {
    this.outOfOrderness = outOfOrderness.toMillis();
    this.idleNanos = idleTimeout.toNanos();
  }

  /**
   * Takes an event.
   *
   * @return the time that it has to be judged by: that of its partition before it, or event time
   *     where that is later, because its partition was not waited for
   */
  public long onEvent(Event event) {
    Origin origin = event.origin();
    Partition partition = partition(origin.topic(), origin.partition());
    long before = timeOf(partition);
    long written = origin.writtenTime();
    long time = written < 0 ? event.eventTime() : Math.min(event.eventTime(), written);
    partition.latest = Math.max(partition.latest, time);
    partition.hasNew = true;
    quietMillis = 0;
    return Math.max(before, eventTime);
  }

  /** Takes note of how far the reader is in all partitions; those that it left out are gone. */
  public void onPositions(ReadPositions positions) {
    Seen now = new Seen(positions.takenNanos(), latest());
    Set<Name> present = new HashSet<>();
    for (ReadPositions.Position position : positions.partitions()) {
      Partition partition = partition(position.topic(), position.partition());
      present.add(partition.name);
      partition.at(position, now);
    }
    partitions.keySet().retainAll(present);
    last = null;
    reported = true;
  }

  private long latest() {
    return partitions.values().stream().mapToLong(this::timeOf).max().orElse(NONE);
  }

  /**
   * Moves on as far as the partitions allow; to be called now and then.
   *
   * @param nowNanos of a monotonic clock, for how long a partition is waited for
   */
  public void advance(long nowNanos) {
    if (!reported) {
      return;
    }
    long latest = latest();
    long earliest = Long.MAX_VALUE;
    long silentNanos = Long.MAX_VALUE;
    Partition first = null;
    for (Partition partition : partitions.values()) {
      long limit = timeOf(partition);
      long beyond = partition.silentNanos() - idleNanos;
      if (partition.read != null && beyond >= 0) {
        limit = Math.max(limit, partition.read.latest);
      }
      silentNanos = Math.min(silentNanos, beyond);
      if (first == null || limit < earliest) {
        earliest = limit;
        first = partition;
      }
    }
    eventTime = Math.max(eventTime, first == null ? NONE : earliest);
    quietMillis =
        first != null && eventTime != NONE && silentNanos >= 0 ? silentNanos / 1_000_000 : 0;
    boolean waits =
        first != null
            && latest != NONE
            && (eventTime == NONE || latest - eventTime > BEHIND_MILLIS);
    if (waits && holder == null) {
      waitsSinceNanos = nowNanos;
    }
    holder = waits ? first : null;
  }

  /** The time up to which everything is thought to have come; {@link #NONE} before any event. */
  public long time() {
    return eventTime + quietMillis;
  }

  /** The event time that the partitions allow, without any estimate. */
  public long eventTime() {
    return eventTime;
  }

  /** The partition that event time has waited for, if it has done so for at least so long. */
  public Optional<Holder> holder(Duration atLeast, long nowNanos) {
    Partition partition = holder;
    long nanos = nowNanos - waitsSinceNanos;
    if (partition == null || nanos < atLeast.toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        new Holder(
            partition.name.topic,
            partition.name.partition,
            nanos / 1_000_000_000,
            partition.lag,
            partition.latest == NONE ? OptionalLong.empty() : OptionalLong.of(timeOf(partition))));
  }

  /** Records of all partitions that are left to read. */
  public long lag() {
    return partitions.values().stream().mapToLong(partition -> partition.lag).sum();
  }

  private long timeOf(Partition partition) {
    return partition.latest == NONE ? NONE : partition.latest - outOfOrderness;
  }

  private Partition partition(String topic, int number) {
    Partition known = last;
    if (known == null || known.name.partition != number || !known.name.topic.equals(topic)) {
      known = partitions.computeIfAbsent(new Name(topic, number), Partition::new);
      last = known;
    }
    return known;
  }

  /** The stored form. */
  public byte[] toBytes() {
    List<byte[]> topics = new ArrayList<>();
    int size = 14;
    for (Name name : partitions.keySet()) {
      byte[] topic = name.topic.getBytes(StandardCharsets.UTF_8);
      topics.add(topic);
      size += 2 + topic.length + 12;
    }
    ByteBuffer out =
        ByteBuffer.allocate(size)
            .put(MAGIC)
            .put(VERSION)
            .putLong(eventTime)
            .putInt(partitions.size());
    int i = 0;
    for (Partition partition : partitions.values()) {
      byte[] topic = topics.get(i++);
      out.putShort((short) topic.length)
          .put(topic)
          .putInt(partition.name.partition)
          .putLong(partition.latest);
    }
    return out.array();
  }

  /**
   * Adds what is stored.
   *
   * @throws IllegalStateException if the bytes are not a stored clock
   */
  public void restore(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 14 || in.get() != MAGIC || in.get() != VERSION) {
      throw new IllegalStateException(
          "event clock: " + bytes.length + " bytes, expected 'E' and version 1 first");
    }
    eventTime = Math.max(eventTime, in.getLong());
    for (int n = in.getInt(); n > 0; n--) {
      byte[] topic = new byte[Short.toUnsignedInt(in.getShort())];
      in.get(topic);
      Partition partition = partition(new String(topic, StandardCharsets.UTF_8), in.getInt());
      partition.latest = Math.max(partition.latest, in.getLong());
    }
  }

  /** Restores the event time alone, as an older checkpoint has it. */
  public void restoreEventTime(long stored) {
    eventTime = Math.max(eventTime, stored);
  }
}
