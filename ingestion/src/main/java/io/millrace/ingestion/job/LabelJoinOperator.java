package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.ClickEvent;
import io.millrace.ingestion.Counter;
import io.millrace.ingestion.Effect;
import io.millrace.ingestion.ImpressionEvent;
import io.millrace.ingestion.JoinCounts;
import io.millrace.ingestion.JoinState;
import io.millrace.ingestion.JoinStateFormat;
import io.millrace.ingestion.LabelJoin;
import io.millrace.ingestion.LabelledImpression;
import io.millrace.ingestion.OutputWriter;
import io.millrace.ingestion.PartitionProgress;
import io.millrace.ingestion.ProgressEvent;
import io.millrace.ingestion.Rejection;
import io.millrace.ingestion.Transition;
import io.millrace.registry.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Applies {@link LabelJoin}: looks up the state of the event's impression id, and does what the
 * transition asks for. Examples leave on the main output, rejected events and counts beside it.
 *
 * <p>Examples whose windows end at the same millisecond leave in the order of the impressions'
 * offsets: Flink fires timers of equal times in any order, so they are sorted here.
 *
 * <p>States in memory are woken by a queue of ours and have no timer: Flink would write all timers
 * out with every checkpoint. A state that leaves memory gets one; after a restore all states do, or
 * go back into memory.
 *
 * <p>Marks, Progress records among the examples, end the step that learners are at: one after the
 * last example of a stream, and in live operation one soon after any example, so that no learner
 * waits for more.
 *
 * <p>Counts leave as differences, every second and before each barrier, so that the only total is
 * that of {@link CountTotals}. Promises of Progress records are state: the records that made them
 * are not read again after a restore.
 */
@SuppressWarnings("NullAway.Init") // Flink sets transient fields in initializeState and open.
final class LabelJoinOperator extends AbstractStreamOperator<Outbound>
    implements OneInputStreamOperator<Arrival, Outbound>, Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1;

  static final OutputTag<Outbound> REJECTED = new OutputTag<>("rejected", ImmutableType.OUTBOUND);
  static final OutputTag<byte[]> COUNTS =
      new OutputTag<>("counts", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

  private static final ValueStateDescriptor<byte[]> STORE =
      new ValueStateDescriptor<>("join", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  private static final long COUNT_INTERVAL_MILLIS = 1000;
  private static final byte[] MARK_KEY = "mark".getBytes(StandardCharsets.UTF_8);
  private static final Comparator<LabelledImpression> FILE_ORDER =
      Comparator.comparingInt(LabelledImpression::partition)
          .thenComparingLong(LabelledImpression::offset);

  private final IngestionJobConfig config;
  private final RegistryFactory registryFactory;

  private transient LabelJoin join;
  private transient SchemaRegistry registry;
  private transient OutputWriter writer;
  private transient KeyedStateBackend<String> backend;
  private transient MemoryTier states;
  private transient WakeQueue wakes;
  private transient int maxWakes;
  private transient boolean restored;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient ListState<byte[]> progressState;
  private transient ListState<Long> watermarkState;
  private transient @Nullable PartitionProgress progress;
  private transient long watermark;
  private transient JoinCounts counts;
  private transient List<LabelledImpression> due;
  private transient long dueTime;
  private transient boolean waking;
  private transient boolean markScheduled;

  LabelJoinOperator(IngestionJobConfig config, RegistryFactory registryFactory) {
    this.config = config;
    this.registryFactory = registryFactory;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    progress =
        config.watermarks() instanceof Watermarks.ProgressOnly promised
            ? new PartitionProgress(promised.partitions())
            : null;
    progressState =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>(
                    "progress", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    watermarkState =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    watermark = Long.MIN_VALUE;
    restored = context.isRestored();
    if (restored) {
      restoreEventTime();
    }
  }

  private void restoreEventTime() throws Exception {
    if (progress != null) {
      for (byte[] stored : progressState.get()) {
        progress.restore(stored);
      }
    }
    long earliest = Long.MAX_VALUE;
    boolean any = false;
    for (long stored : watermarkState.get()) {
      earliest = Math.min(earliest, stored);
      any = true;
    }
    watermark = any ? earliest : Long.MIN_VALUE;
  }

  @Override
  public void open() throws Exception {
    super.open();
    join = config.labelJoin();
    registry = registryFactory.open();
    writer = new OutputWriter(registry);
    counts = new JoinCounts();
    due = new ArrayList<>();
    dueTime = Long.MIN_VALUE;
    wakes = new WakeQueue();
    maxWakes = 4 * config.statesInMemory();
    backend = getKeyedStateBackend();
    timers = getInternalTimerService("wake", VoidNamespaceSerializer.INSTANCE, this);
    states =
        new MemoryTier(
            backend, getPartitionedState(STORE), config.statesInMemory(), this::setTimer);
    if (restored) {
      loadStates();
      // The last examples before the snapshot may still be waiting for theirs.
      scheduleMark();
    }
    scheduleCounts();
  }

  private void setTimer(JoinState state) {
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, join.dueTime(state));
  }

  /** States that were in memory at the snapshot have no timer: they go back, or get one. */
  private void loadStates() throws Exception {
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        STORE,
        (id, stored) -> {
          JoinState loaded = states.load(id, stored.value());
          if (loaded != null) {
            wakes.add(join.dueTime(loaded), id);
          } else {
            setTimer(JoinStateFormat.decode(id, stored.value()));
          }
        });
  }

  /** Does nothing: {@link MemoryTier} sets the key where it is needed. */
  @Override
  @SuppressWarnings("rawtypes")
  public void setKeyContextElement1(StreamRecord record) {}

  @Override
  public void processElement(StreamRecord<Arrival> element) throws Exception {
    Arrival arrival = element.getValue();
    if (arrival instanceof ImpressionEvent impression) {
      String id = impression.impressionId();
      JoinState state = states.get(id);
      apply(id, state, join.onImpression(state, impression, watermark));
    } else if (arrival instanceof ClickEvent click) {
      String id = click.impressionId();
      JoinState state = states.get(id);
      apply(id, state, join.onClick(state, click, watermark));
    } else if (arrival instanceof Rejection rejection) {
      reject(rejection);
    } else if (progress != null) {
      progress.advance((ProgressEvent) arrival);
      advance(progress.watermark());
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (progress == null) {
      advance(mark.getTimestamp());
    }
  }

  /** Wakes what is due, in the order of time, be it in memory or behind a timer of Flink's. */
  private void advance(long to) throws Exception {
    if (to <= watermark) {
      return;
    }
    watermark = to;
    waking = true;
    super.processWatermark(new Watermark(to));
    wakeUpTo(to);
    waking = false;
    emitDue();
    if (to == Long.MAX_VALUE) {
      emitMark();
    }
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    wakeUpTo(timer.getTimestamp());
    wake(timer.getKey(), timer.getTimestamp());
  }

  private void wakeUpTo(long to) throws Exception {
    while (wakes.size() > 0 && wakes.earliest() <= to) {
      long time = wakes.earliest();
      String id = wakes.poll();
      wake(id, time);
    }
  }

  private void wake(String id, long time) throws Exception {
    if (time != dueTime) {
      emitDue();
      dueTime = time;
    }
    JoinState state = states.get(id);
    apply(id, state, join.wake(id, state, time));
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("processing-time timer, expected none to be registered");
  }

  private void apply(String id, @Nullable JoinState before, Transition transition)
      throws Exception {
    JoinState next = transition.next();
    states.put(id, next);
    if (next != null && (before == null || join.dueTime(before) != join.dueTime(next))) {
      wakes.add(join.dueTime(next), id);
      if (!waking && wakes.size() > maxWakes) {
        // What was evicted has a timer of Flink's.
        wakes.retain(states::contains);
        maxWakes = Math.max(maxWakes, 2 * wakes.size());
      }
    }
    List<Effect> effects = transition.effects();
    for (int i = 0; i < effects.size(); i++) {
      Effect effect = effects.get(i);
      if (effect instanceof Effect.Count count) {
        counts.add(count.counter());
      } else if (effect instanceof Effect.Reject reject) {
        reject(reject.rejection());
      } else if (waking) {
        due.add(((Effect.Emit) effect).example());
      } else {
        emit(((Effect.Emit) effect).example());
      }
    }
  }

  private void emitDue() {
    if (due.size() > 1) {
      due.sort(FILE_ORDER);
    }
    for (int i = 0; i < due.size(); i++) {
      emit(due.get(i));
    }
    due.clear();
  }

  private void emit(LabelledImpression example) {
    counts.add(example.clicked() ? Counter.POSITIVES : Counter.NEGATIVES);
    output.collect(
        new StreamRecord<>(
            new Outbound(
                example.impressionId().getBytes(StandardCharsets.UTF_8), writer.example(example))));
    scheduleMark();
  }

  private void scheduleMark() {
    if (markScheduled || config.markInterval().isZero()) {
      return;
    }
    markScheduled = true;
    var service = getProcessingTimeService();
    var unused =
        service.registerTimer(
            service.getCurrentProcessingTime() + config.markInterval().toMillis(),
            time -> {
              markScheduled = false;
              emitMark();
            });
  }

  private void emitMark() {
    output.collect(new StreamRecord<>(new Outbound(MARK_KEY, writer.progress(watermark))));
  }

  private void reject(Rejection rejection) {
    counts.add(rejection.reason());
    output.collect(
        REJECTED,
        new StreamRecord<>(
            new Outbound(
                rejection.origin().place().getBytes(StandardCharsets.UTF_8),
                writer.rejected(
                    rejection, getProcessingTimeService().getCurrentProcessingTime()))));
  }

  private void scheduleCounts() {
    var service = getProcessingTimeService();
    var unused =
        service.registerTimer(
            service.getCurrentProcessingTime() + COUNT_INTERVAL_MILLIS,
            time -> {
              emitCounts();
              scheduleCounts();
            });
  }

  private void emitCounts() {
    if (!counts.isEmpty()) {
      output.collect(COUNTS, new StreamRecord<>(counts.toBytes()));
      counts.clear();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    emitCounts();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    states.writeBack();
    watermarkState.update(List.of(watermark));
    if (progress != null) {
      progressState.update(List.of(progress.toBytes()));
    }
  }

  @Override
  public void finish() throws Exception {
    emitCounts();
    super.finish();
  }

  @Override
  public void close() throws Exception {
    if (registry != null) {
      registry.close();
    }
    super.close();
  }

  /** Join states in memory, for tests. */
  int statesInMemory() {
    return states.size();
  }
}
