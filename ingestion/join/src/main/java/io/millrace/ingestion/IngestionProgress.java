package io.millrace.ingestion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a label join is.
 *
 * <p>Passed between tasks as, big endian: i64 event time, i64 lag, u16 topic length (0: no holder),
 * topic, i32 partition, i64 seconds, i64 lag, i64 event time; times that are not known are {@link
 * EventClock#NONE}. Never stored.
 *
 * @param eventTime up to which everything was joined, empty before any event
 * @param lag records that are left to read
 * @param holder the partition that event time waits for, if it has done so for a minute
 */
public record IngestionProgress(
    OptionalLong eventTime, long lag, Optional<EventClock.Holder> holder) {

  /** Of a join that has not reported any. */
  public static final IngestionProgress NONE =
      new IngestionProgress(OptionalLong.empty(), 0, Optional.empty());

  /** The passed form. */
  public byte[] toBytes() {
    byte[] topic = holder.map(EventClock.Holder::topic).orElse("").getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(18 + topic.length + (topic.length == 0 ? 0 : 28));
    out.putLong(eventTime.orElse(EventClock.NONE)).putLong(lag);
    out.putShort((short) topic.length).put(topic);
    holder.ifPresent(
        held ->
            out.putInt(held.partition())
                .putLong(held.seconds())
                .putLong(held.lag())
                .putLong(held.eventTime().orElse(EventClock.NONE)));
    return out.array();
  }

  /** Reads the passed form. */
  public static IngestionProgress fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    OptionalLong eventTime = time(in.getLong());
    long lag = in.getLong();
    byte[] topic = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(topic);
    if (topic.length == 0) {
      return new IngestionProgress(eventTime, lag, Optional.empty());
    }
    return new IngestionProgress(
        eventTime,
        lag,
        Optional.of(
            new EventClock.Holder(
                new String(topic, StandardCharsets.UTF_8),
                in.getInt(),
                in.getLong(),
                in.getLong(),
                time(in.getLong()))));
  }

  private static OptionalLong time(long millis) {
    return millis == EventClock.NONE ? OptionalLong.empty() : OptionalLong.of(millis);
  }
}
