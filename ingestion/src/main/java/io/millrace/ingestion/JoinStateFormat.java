package io.millrace.ingestion;

import io.millrace.ingestion.JoinState.ClicksWaiting;
import io.millrace.ingestion.JoinState.ImpressionWaiting;
import io.millrace.ingestion.JoinState.Labelled;
import io.millrace.ingestion.JoinState.Provisional;
import io.millrace.ingestion.JoinState.WaitingClick;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a {@link JoinState}. Integers are big endian, strings UTF-8.
 *
 * <pre>
 * 0      'J'
 * 1      version, 1 to 3
 * 2      kind: 1 clicks waiting, 2 impression waiting, 3 labelled, 4 provisional
 *
 * clicks waiting
 * 3      number of clicks, 1 to 16; then each
 *        i64 event time, i64 time at which it came (not in version 1, which knew none),
 *        i64 written time, i32 partition, i64 offset,
 *        u16 topic length, topic, i32 key length (-1: null), key, i32 value length (-1: null), value
 *
 * impression waiting
 * 3      flags: bit 0 clicked
 * 4      i64 event time
 * 12     i64 written time of the click, 0 without one
 * 20     i32 partition
 * 24     i64 offset
 * 32     i64 event time at which the join met it, i64 at which it leaves as not clicked (not in
 *        versions 1 and 2: the event time, 0)
 * 48     body to the end: features and served in Avro binary
 *
 * provisional
 * 3      0
 * 4      i64 event time
 * 12     i64 event time at which the join met it
 * 20     i32 partition
 * 24     i64 offset
 * 32     body to the end
 *
 * labelled
 * 3      flags: bit 0 clicked
 * 4      i64 event time
 * </pre>
 */
public final class JoinStateFormat {
  private static final byte MAGIC = 'J';
  private static final byte VERSION = 3;
  private static final byte WITHOUT_TIMES = 2;
  private static final byte WITHOUT_CAME_AT = 1;
  private static final byte CLICKS = 1;
  private static final byte IMPRESSION = 2;
  private static final byte LABELLED = 3;
  private static final byte PROVISIONAL = 4;
  private static final int FIXED_CLICK_BYTES = 8 + 8 + 8 + 4 + 8 + 2 + 4 + 4;

  private JoinStateFormat() {}

  /** Writes the latest version. */
  public static byte[] encode(JoinState state) {
    if (state instanceof ImpressionWaiting waiting) {
      return header(48 + waiting.body().length, IMPRESSION, waiting.clicked() ? 1 : 0)
          .putLong(waiting.eventTime())
          .putLong(waiting.clickWrittenTime())
          .putInt(waiting.partition())
          .putLong(waiting.offset())
          .putLong(waiting.metAt())
          .putLong(waiting.learnAt())
          .put(waiting.body())
          .array();
    }
    if (state instanceof Provisional provisional) {
      return header(32 + provisional.body().length, PROVISIONAL, 0)
          .putLong(provisional.eventTime())
          .putLong(provisional.metAt())
          .putInt(provisional.partition())
          .putLong(provisional.offset())
          .put(provisional.body())
          .array();
    }
    if (state instanceof Labelled labelled) {
      return header(12, LABELLED, labelled.clicked() ? 1 : 0).putLong(labelled.eventTime()).array();
    }
    return encodeClicks(((ClicksWaiting) state).clicks());
  }

  private static byte[] encodeClicks(List<WaitingClick> clicks) {
    int size = 4;
    List<byte[]> topics = new ArrayList<>(clicks.size());
    for (WaitingClick click : clicks) {
      Origin origin = click.event().origin();
      byte[] topic = origin.topic().getBytes(StandardCharsets.UTF_8);
      topics.add(topic);
      size += FIXED_CLICK_BYTES + topic.length + length(origin.key()) + length(origin.value());
    }
    ByteBuffer out = header(size, CLICKS, clicks.size());
    for (int i = 0; i < clicks.size(); i++) {
      Origin origin = clicks.get(i).event().origin();
      out.putLong(clicks.get(i).event().eventTime())
          .putLong(clicks.get(i).cameAt())
          .putLong(origin.writtenTime())
          .putInt(origin.partition())
          .putLong(origin.offset())
          .putShort((short) topics.get(i).length)
          .put(topics.get(i));
      putBytes(out, origin.key());
      putBytes(out, origin.value());
    }
    return out.array();
  }

  /**
   * Reads any version.
   *
   * @param impressionId the key of the state, which the bytes do not repeat
   * @throws IllegalStateException if the bytes are not a join state
   */
  public static JoinState decode(String impressionId, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      byte magic = in.get();
      byte version = in.get();
      if (magic != MAGIC || version < WITHOUT_CAME_AT || version > VERSION) {
        throw corrupt(
            impressionId,
            "magic " + magic + ", version " + version + ", expected 74 and 1 to 3",
            null);
      }
      byte kind = in.get();
      byte detail = in.get();
      JoinState state =
          switch (kind) {
            case CLICKS -> decodeClicks(impressionId, detail, version > WITHOUT_CAME_AT, in);
            case IMPRESSION -> decodeImpression(in, detail == 1, version > WITHOUT_TIMES);
            case PROVISIONAL -> decodeProvisional(in);
            case LABELLED -> new Labelled(in.getLong(), detail == 1);
            default -> throw corrupt(impressionId, "kind " + kind + ", expected 1 to 4", null);
          };
      if (in.hasRemaining()) {
        throw corrupt(impressionId, in.remaining() + " bytes after its end", null);
      }
      return state;
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      throw corrupt(impressionId, "ends after " + bytes.length + " bytes", e);
    }
  }

  private static ImpressionWaiting decodeImpression(
      ByteBuffer in, boolean clicked, boolean withTimes) {
    long eventTime = in.getLong();
    long clickWrittenTime = in.getLong();
    int partition = in.getInt();
    long offset = in.getLong();
    long metAt = withTimes ? in.getLong() : eventTime;
    long learnAt = withTimes ? in.getLong() : 0;
    return new ImpressionWaiting(
        eventTime, metAt, learnAt, partition, offset, clicked, clickWrittenTime, remaining(in));
  }

  private static Provisional decodeProvisional(ByteBuffer in) {
    return new Provisional(in.getLong(), in.getLong(), in.getInt(), in.getLong(), remaining(in));
  }

  private static byte[] remaining(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private static ClicksWaiting decodeClicks(
      String impressionId, int count, boolean withCameAt, ByteBuffer in) {
    List<WaitingClick> clicks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long eventTime = in.getLong();
      long cameAt = withCameAt ? in.getLong() : EventClock.NONE;
      long writtenTime = in.getLong();
      int partition = in.getInt();
      long offset = in.getLong();
      byte[] topic = new byte[Short.toUnsignedInt(in.getShort())];
      in.get(topic);
      Origin origin =
          new Origin(
              new String(topic, StandardCharsets.UTF_8),
              partition,
              offset,
              writtenTime,
              getBytes(in),
              getBytes(in));
      clicks.add(new WaitingClick(new ClickEvent(impressionId, eventTime, origin), cameAt));
    }
    return new ClicksWaiting(clicks);
  }

  private static ByteBuffer header(int size, byte kind, int detail) {
    return ByteBuffer.allocate(size).put(MAGIC).put(VERSION).put(kind).put((byte) detail);
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static void putBytes(ByteBuffer out, byte @Nullable [] bytes) {
    if (bytes == null) {
      out.putInt(-1);
    } else {
      out.putInt(bytes.length).put(bytes);
    }
  }

  private static byte @Nullable [] getBytes(ByteBuffer in) {
    int length = in.getInt();
    if (length == -1) {
      return null;
    }
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static IllegalStateException corrupt(
      String impressionId, String what, @Nullable Exception cause) {
    return new IllegalStateException(
        "join state of impression_id " + impressionId + ": " + what, cause);
  }
}
