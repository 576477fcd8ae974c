package io.millrace.ingestion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The watermark that follows from the Progress records of several partitions: the earliest of their
 * promises, once each partition has made one. Not thread-safe.
 *
 * <p>Why it is state: after a restore the records that carried the promises are not read again. So
 * it is stored, big endian: 'P', version 1, i32 number of partitions; each u16 topic length, topic,
 * i32 partition, i64 watermark.
 */
public final class PartitionProgress {
  private record Partition(String topic, int partition) {}

  private static final byte MAGIC = 'P';
  private static final byte VERSION = 1;

  private final int partitions;
  private final Map<Partition, Long> watermarks = new HashMap<>();

  /**
   * @param partitions of all event topics together; each must be heard from
   */
  public PartitionProgress(int partitions) {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions: " + partitions + ", expected at least 1");
    }
    this.partitions = partitions;
  }

  /** Takes a promise; one that is earlier than its predecessor changes nothing. */
  public void advance(ProgressEvent progress) {
    Origin origin = progress.origin();
    watermarks.merge(
        new Partition(origin.topic(), origin.partition()), progress.watermark(), Math::max);
  }

  /** The watermark of all partitions; {@link Long#MIN_VALUE} until each has made a promise. */
  public long watermark() {
    if (watermarks.size() < partitions) {
      return Long.MIN_VALUE;
    }
    long min = Long.MAX_VALUE;
    for (long watermark : watermarks.values()) {
      min = Math.min(min, watermark);
    }
    return min;
  }

  /** The stored form. */
  public byte[] toBytes() {
    int size = 6;
    for (Partition partition : watermarks.keySet()) {
      size += 2 + partition.topic.getBytes(StandardCharsets.UTF_8).length + 12;
    }
    ByteBuffer out = ByteBuffer.allocate(size).put(MAGIC).put(VERSION).putInt(watermarks.size());
    watermarks.forEach(
        (partition, watermark) -> {
          byte[] topic = partition.topic.getBytes(StandardCharsets.UTF_8);
          out.putShort((short) topic.length)
              .put(topic)
              .putInt(partition.partition)
              .putLong(watermark);
        });
    return out.array();
  }

  /**
   * Adds what is stored.
   *
   * @throws IllegalStateException if the bytes are not a stored progress
   */
  public void restore(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 6 || in.get() != MAGIC || in.get() != VERSION) {
      throw new IllegalStateException(
          "partition progress: " + bytes.length + " bytes, expected 'P' and version 1 first");
    }
    for (int n = in.getInt(); n > 0; n--) {
      byte[] topic = new byte[Short.toUnsignedInt(in.getShort())];
      in.get(topic);
      Partition partition = new Partition(new String(topic, StandardCharsets.UTF_8), in.getInt());
      watermarks.merge(partition, in.getLong(), Math::max);
    }
  }
}
