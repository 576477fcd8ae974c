package io.millrace.ingestion.job;

import io.millrace.bits.SplitMix64;
import io.millrace.ingestion.DelayLaw;
import io.millrace.ingestion.Event;
import io.millrace.ingestion.EventClock;
import io.millrace.ingestion.ImpressionEvent;
import io.millrace.ingestion.IngestionProgress;
import io.millrace.ingestion.Moment;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.ingestion.PartitionProgress;
import io.millrace.ingestion.ProgressEvent;
import io.millrace.ingestion.ReadPositions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * Event time of the label join: that of an {@link EventClock} for live events, that of the Progress
 * records in a replay; and, live, how long each outcome takes. With the operator's state that they
 * are kept in: promises of Progress records are state, since the records that made them are not
 * read again after a restore.
 */
final class JoinTime {
  /** Of live events, between two looks at how far event time is. */
  private static final int ADVANCE_EVENTS = 256;

  /** A partition that holds event time back so long is named. */
  private static final Duration NAMED_AFTER = Duration.ofMinutes(1);

  private final LabelJoinOperator.NanoClock nanos;
  private final ListState<byte[]> progressState;
  private final ListState<Long> reachedState;
  private final ListState<byte[]> clockState;
  private final ListState<byte[]> delayState;
  private final @Nullable PartitionProgress progress;
  private final @Nullable EventClock clock;

  /** How long each outcome takes, by its name. */
  private final Map<String, DelayLaw> delays = new LinkedHashMap<>();

  private int sinceLook;
  private long reached = EventClock.NONE;

  /**
   * At no time yet.
   *
   * @param nanos a monotonic clock
   */
  JoinTime(IngestionJobConfig config, OperatorStateStore store, LabelJoinOperator.NanoClock nanos)
      throws Exception {
    this.nanos = nanos;
    this.progress =
        config.watermarks() instanceof Watermarks.ProgressOnly promised
            ? new PartitionProgress(promised.partitions())
            : null;
    this.clock =
        config.watermarks() instanceof Watermarks.Live live
            ? new EventClock(live.outOfOrderness(), live.idleTimeout())
            : null;
    for (OutcomeRule rule : config.outcomes()) {
      delays.put(rule.name(), new DelayLaw(rule.window()));
    }
    this.progressState = bytes(store, "progress");
    this.reachedState = store.getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    this.clockState = bytes(store, "clock");
    this.delayState = bytes(store, "delays");
  }

  private static ListState<byte[]> bytes(OperatorStateStore store, String name) throws Exception {
    return store.getUnionListState(
        new ListStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  /** Goes on from the operator's state. */
  void restore() throws Exception {
    if (progress != null) {
      for (byte[] stored : progressState.get()) {
        progress.restore(stored);
      }
    }
    long earliest = Long.MAX_VALUE;
    boolean any = false;
    for (long stored : reachedState.get()) {
      earliest = Math.min(earliest, stored);
      any = true;
    }
    reached = any ? earliest : EventClock.NONE;
    for (byte[] stored : delayState.get()) {
      restoreDelays(stored);
    }
    if (clock != null) {
      clock.restoreEventTime(reached);
      for (byte[] stored : clockState.get()) {
        clock.restore(stored);
      }
      reached = clock.eventTime();
    }
  }

  /** Writes the operator's state. */
  void store() throws Exception {
    reachedState.update(List.of(clock == null ? reached : clock.eventTime()));
    clockState.update(clock == null ? List.of() : List.of(clock.toBytes()));
    List<byte[]> laws = new ArrayList<>();
    delays.forEach((outcome, law) -> laws.add(named(outcome, law.toBytes())));
    delayState.update(laws);
    if (progress != null) {
      progressState.update(List.of(progress.toBytes()));
    }
  }

  /** A law after the name of its outcome: u8 length, name, law. */
  private static byte[] named(String outcome, byte[] law) {
    byte[] name = outcome.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(1 + name.length + law.length)
        .put((byte) name.length)
        .put(name)
        .put(law)
        .array();
  }

  /** Without a name, as it was stored when clicks were the only outcome, it is theirs. */
  private void restoreDelays(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    String outcome = OutcomeRule.CLICK;
    if (stored.length != DelayLaw.BYTES) {
      byte[] name = new byte[in.get()];
      in.get(name);
      outcome = new String(name, StandardCharsets.US_ASCII);
    }
    DelayLaw law = delays.get(outcome);
    if (law != null) {
      byte[] bytes = new byte[in.remaining()];
      in.get(bytes);
      law.restore(bytes);
    }
  }

  /** The event time that the join has reached. */
  long reached() {
    return reached;
  }

  /**
   * Moves to an event time.
   *
   * @return whether that is another one; what a clock estimated on a quiet night may be taken back
   */
  boolean reach(long time) {
    if (time == reached || (time < reached && clock == null)) {
      return false;
    }
    reached = time;
    return true;
  }

  /** The time that a promise leads to, or empty if this stream takes none. */
  OptionalLong onProgress(ProgressEvent promise) {
    if (progress == null) {
      return OptionalLong.empty();
    }
    progress.advance(promise);
    return OptionalLong.of(progress.watermark());
  }

  /** The time that live events have led to, if it is time to look or positions came. */
  OptionalLong look(@Nullable ReadPositions positions) {
    if (clock == null) {
      return OptionalLong.empty();
    }
    if (positions != null) {
      clock.onPositions(positions);
    } else if (++sinceLook < ADVANCE_EVENTS) {
      return OptionalLong.empty();
    }
    sinceLook = 0;
    clock.advance(nanos.nanos());
    return OptionalLong.of(clock.time());
  }

  /** When the join meets an event. */
  Moment moment(Event event) {
    if (clock == null) {
      return new Moment(reached, reached, rule -> 0);
    }
    long cameAt = clock.onEvent(event);
    if (!(event instanceof ImpressionEvent impression)) {
      return new Moment(cameAt, reached, rule -> 0);
    }
    long time = Math.max(cameAt, reached);
    long own = Math.min(impression.eventTime(), impression.origin().writtenTime());
    long met = time == EventClock.NONE ? own : time;
    delays.values().forEach(law -> law.onImpression(met));
    double share = share(impression.impressionId());
    return new Moment(cameAt, reached, rule -> law(rule.name()).delay(share));
  }

  private DelayLaw law(String outcome) {
    return Objects.requireNonNull(delays.get(outcome));
  }

  /** Uniform in [0, 1), by the id. */
  private static double share(String id) {
    return SplitMix64.unit(SplitMix64.mix(id.hashCode() * SplitMix64.GOLDEN));
  }

  /** An outcome has labelled an impression after so many milliseconds. */
  void happened(String outcome, long delay) {
    if (clock != null) {
      law(outcome).onClick(delay);
    }
  }

  /** How far a live join is, and which partition holds it. */
  IngestionProgress progress() {
    if (clock == null) {
      return IngestionProgress.NONE;
    }
    return new IngestionProgress(
        clock.eventTime() == EventClock.NONE
            ? OptionalLong.empty()
            : OptionalLong.of(clock.eventTime()),
        clock.lag(),
        clock.holder(NAMED_AFTER, nanos.nanos()));
  }
}
