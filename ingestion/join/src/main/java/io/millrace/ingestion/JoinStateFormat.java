package io.millrace.ingestion;

import io.millrace.ingestion.JoinState.Closed;
import io.millrace.ingestion.JoinState.Label;
import io.millrace.ingestion.JoinState.Left;
import io.millrace.ingestion.JoinState.Open;
import io.millrace.ingestion.JoinState.OutcomesWaiting;
import io.millrace.ingestion.JoinState.WaitingOutcome;
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
 * 1      version, 1 to 5
 * 2      kind: 1 outcomes waiting, 5 open, 6 closed
 *
 * outcomes waiting
 * 3      number of outcomes, 1 to 240; then each
 *        i64 event time, i64 time at which it came, i64 written time, i32 partition, i64 offset,
 *        u16 topic length, topic, i32 key length (-1: null), key, i32 value length (-1: null), value,
 *        u8 name length, name, u8 flags: bit 0 retracted, bit 1 with a worth; f64 worth if so
 *
 * open
 * 3      u8 number of labels
 * 4      i64 event time
 * 12     i64 event time at which the join met it
 * 20     i32 partition
 * 24     i64 offset
 * 32     labels, then body to the end: features and served in Avro binary
 *
 * closed
 * 3      u8 number of labels
 * 4      i64 event time
 * 12     labels
 *
 * a label
 * 0      u8 name length, name
 *        u8 flags: bit 0 happened, bit 1 final, bit 2 an example has left, bit 3 it said yes,
 *        bit 4 something was said, bit 5 with a worth
 *        i64 event time at which it leaves as no, unless final
 *        i64 event time of what was said, i64 its written time, each if something was said
 *        f64 worth, if there is one
 * </pre>
 *
 * <p>Up to version 5 bodies hold a served answer that says nothing of who learns from it, up to
 * version 4 one without arms. Versions 1 to 3 knew clicks only; their kinds 2 (impression waiting),
 * 3 (labelled) and 4 (provisional) are read as open, closed and open.
 */
public final class JoinStateFormat {
  private static final byte MAGIC = 'J';
  private static final byte VERSION = 6;
  private static final byte WITHOUT_LEARNING = 5;
  private static final byte WITHOUT_ARMS = 4;
  private static final byte CLICKS_ONLY = 3;
  private static final byte WITHOUT_TIMES = 2;
  private static final byte WITHOUT_CAME_AT = 1;
  private static final byte OUTCOMES = 1;
  private static final byte OLD_IMPRESSION = 2;
  private static final byte OLD_LABELLED = 3;
  private static final byte OLD_PROVISIONAL = 4;
  private static final byte OPEN = 5;
  private static final byte CLOSED = 6;
  private static final int FIXED_OUTCOME_BYTES = 8 + 8 + 8 + 4 + 8 + 2 + 4 + 4 + 1 + 1;

  private static final int HAPPENED = 1;
  private static final int FINAL = 2;
  private static final int LEFT = 4;
  private static final int LEFT_AS_YES = 8;
  private static final int SAID = 16;
  private static final int WORTH = 32;

  private JoinStateFormat() {}

  /** Writes the latest version. */
  public static byte[] encode(JoinState state) {
    if (state instanceof Open open) {
      int size = 32 + size(open.labels()) + open.body().length;
      ByteBuffer out =
          header(size, OPEN, open.labels().size())
              .putLong(open.eventTime())
              .putLong(open.metAt())
              .putInt(open.partition())
              .putLong(open.offset());
      putLabels(out, open.labels());
      return out.put(open.body()).array();
    }
    if (state instanceof Closed closed) {
      ByteBuffer out =
          header(12 + size(closed.labels()), CLOSED, closed.labels().size())
              .putLong(closed.eventTime());
      putLabels(out, closed.labels());
      return out.array();
    }
    return encodeOutcomes(((OutcomesWaiting) state).outcomes());
  }

  private static int size(List<Label> labels) {
    int size = 0;
    for (Label label : labels) {
      size += 2 + label.outcome().length();
      size += label.isFinal() ? 0 : 8;
      size += label.saidAt() == Label.UNSAID ? 0 : 16;
      size += label.value() == null ? 0 : 8;
    }
    return size;
  }

  private static void putLabels(ByteBuffer out, List<Label> labels) {
    for (Label label : labels) {
      putName(out, label.outcome());
      boolean said = label.saidAt() != Label.UNSAID;
      out.put(
          (byte)
              ((label.happened() ? HAPPENED : 0)
                  | (label.isFinal() ? FINAL : 0)
                  | (label.left() == Left.NOTHING ? 0 : LEFT)
                  | (label.left() == Left.YES ? LEFT_AS_YES : 0)
                  | (said ? SAID : 0)
                  | (label.value() == null ? 0 : WORTH)));
      if (!label.isFinal()) {
        out.putLong(label.learnAt());
      }
      if (said) {
        out.putLong(label.saidAt()).putLong(label.writtenTime());
      }
      if (label.value() != null) {
        out.putDouble(label.value());
      }
    }
  }

  private static List<Label> labels(ByteBuffer in, int count) {
    List<Label> labels = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String outcome = getName(in);
      int flags = in.get();
      boolean isFinal = (flags & FINAL) != 0;
      boolean said = (flags & SAID) != 0;
      Left left =
          (flags & LEFT) == 0 ? Left.NOTHING : (flags & LEFT_AS_YES) == 0 ? Left.NO : Left.YES;
      long learnAt = isFinal ? 0 : in.getLong();
      long saidAt = said ? in.getLong() : Label.UNSAID;
      long writtenTime = said ? in.getLong() : 0;
      Double value = (flags & WORTH) == 0 ? null : in.getDouble();
      labels.add(
          new Label(
              outcome,
              left,
              (flags & HAPPENED) != 0,
              saidAt,
              writtenTime,
              value,
              learnAt,
              isFinal));
    }
    return labels;
  }

  /** Names are ASCII: one byte a letter. */
  private static void putName(ByteBuffer out, String name) {
    out.put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII));
  }

  private static String getName(ByteBuffer in) {
    byte[] name = new byte[Byte.toUnsignedInt(in.get())];
    in.get(name);
    return new String(name, StandardCharsets.US_ASCII);
  }

  private static byte[] encodeOutcomes(List<WaitingOutcome> outcomes) {
    int size = 4;
    List<byte[]> topics = new ArrayList<>(outcomes.size());
    for (WaitingOutcome outcome : outcomes) {
      OutcomeEvent event = outcome.event();
      Origin origin = event.origin();
      byte[] topic = origin.topic().getBytes(StandardCharsets.UTF_8);
      topics.add(topic);
      size += FIXED_OUTCOME_BYTES + topic.length + length(origin.key()) + length(origin.value());
      size += event.outcome().length() + (event.value() == null ? 0 : 8);
    }
    ByteBuffer out = header(size, OUTCOMES, outcomes.size());
    for (int i = 0; i < outcomes.size(); i++) {
      OutcomeEvent event = outcomes.get(i).event();
      Origin origin = event.origin();
      out.putLong(event.eventTime())
          .putLong(outcomes.get(i).cameAt())
          .putLong(origin.writtenTime())
          .putInt(origin.partition())
          .putLong(origin.offset())
          .putShort((short) topics.get(i).length)
          .put(topics.get(i));
      putBytes(out, origin.key());
      putBytes(out, origin.value());
      putName(out, event.outcome());
      out.put((byte) ((event.retracted() ? 1 : 0) | (event.value() == null ? 0 : 2)));
      if (event.value() != null) {
        out.putDouble(event.value());
      }
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
            "magic " + magic + ", version " + version + ", expected 74 and 1 to 6",
            null);
      }
      byte kind = in.get();
      int detail = Byte.toUnsignedInt(in.get());
      JoinState state =
          switch (kind) {
            case OUTCOMES -> decodeOutcomes(impressionId, detail, version, in);
            case OPEN ->
                new Open(
                    in.getLong(),
                    in.getLong(),
                    in.getInt(),
                    in.getLong(),
                    labels(in, detail),
                    body(in, version));
            case CLOSED -> new Closed(in.getLong(), labels(in, detail));
            case OLD_IMPRESSION -> oldImpression(in, detail == 1, version);
            case OLD_PROVISIONAL -> oldProvisional(in, version);
            case OLD_LABELLED ->
                new Closed(in.getLong(), List.of(Label.closed(OutcomeRule.CLICK, detail == 1)));
            default -> throw corrupt(impressionId, "kind " + kind + ", expected 1 to 6", null);
          };
      if (in.hasRemaining()) {
        throw corrupt(impressionId, in.remaining() + " bytes after its end", null);
      }
      return state;
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      throw corrupt(impressionId, "ends after " + bytes.length + " bytes", e);
    }
  }

  private static Open oldImpression(ByteBuffer in, boolean clicked, byte version) {
    boolean withTimes = version > WITHOUT_TIMES;
    long eventTime = in.getLong();
    long writtenTime = in.getLong();
    int partition = in.getInt();
    long offset = in.getLong();
    long metAt = withTimes ? in.getLong() : eventTime;
    long learnAt = withTimes ? in.getLong() : 0;
    // When the click was is not known; the impression's time is taken.
    Label label =
        new Label(
            OutcomeRule.CLICK,
            Left.NOTHING,
            clicked,
            clicked ? eventTime : Label.UNSAID,
            writtenTime,
            null,
            learnAt,
            false);
    return new Open(eventTime, metAt, partition, offset, List.of(label), body(in, version));
  }

  private static Open oldProvisional(ByteBuffer in, byte version) {
    long eventTime = in.getLong();
    long metAt = in.getLong();
    Label label = new Label(OutcomeRule.CLICK, Left.NO, false, Label.UNSAID, 0, null, 0, false);
    return new Open(eventTime, metAt, in.getInt(), in.getLong(), List.of(label), body(in, version));
  }

  private static byte[] body(ByteBuffer in, byte version) {
    byte[] body = remaining(in);
    return version > WITHOUT_LEARNING
        ? body
        : ImpressionBody.ofBefore(body, version > WITHOUT_ARMS ? 1 : 2);
  }

  private static byte[] remaining(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private static OutcomesWaiting decodeOutcomes(
      String impressionId, int count, byte version, ByteBuffer in) {
    List<WaitingOutcome> outcomes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long eventTime = in.getLong();
      long cameAt = version > WITHOUT_CAME_AT ? in.getLong() : EventClock.NONE;
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
      outcomes.add(new WaitingOutcome(event(impressionId, eventTime, version, origin, in), cameAt));
    }
    return new OutcomesWaiting(outcomes);
  }

  private static OutcomeEvent event(
      String impressionId, long eventTime, byte version, Origin origin, ByteBuffer in) {
    if (version <= CLICKS_ONLY) {
      return OutcomeEvent.click(impressionId, eventTime, origin);
    }
    String outcome = getName(in);
    int flags = in.get();
    Double value = (flags & 2) == 0 ? null : in.getDouble();
    return new OutcomeEvent(impressionId, outcome, eventTime, value, (flags & 1) != 0, origin);
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
