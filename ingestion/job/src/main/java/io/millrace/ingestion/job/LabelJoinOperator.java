package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.Effect;
import io.millrace.ingestion.ImpressionEvent;
import io.millrace.ingestion.IngestionProgress;
import io.millrace.ingestion.JoinCounts;
import io.millrace.ingestion.JoinState;
import io.millrace.ingestion.JoinStateFormat;
import io.millrace.ingestion.LabelJoin;
import io.millrace.ingestion.LabelledImpression;
import io.millrace.ingestion.Origin;
import io.millrace.ingestion.OutcomeEvent;
import io.millrace.ingestion.OutputWriter;
import io.millrace.ingestion.ProgressEvent;
import io.millrace.ingestion.ReadPositions;
import io.millrace.ingestion.Rejection;
import io.millrace.ingestion.Transition;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.Counter;
import io.millrace.wire.RejectionReason;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
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
 * <p>States in memory are woken by a queue of ours; a state in the store has a timer of Flink's,
 * which is in the store too. So most ids, born and freed between two checkpoints, need none, the
 * heap does not grow with the window, and a restore reads nothing.
 *
 * <p>Event time is {@link JoinTime}'s; Flink's watermarks are not used.
 *
 * <p>Marks, Progress records among the examples, end the step that learners are at: one after the
 * last example of a stream, and those of {@link ExampleMarks}.
 *
 * <p>Counts leave as differences, every second and before each barrier, so that the only total is
 * that of {@link CountTotals}.
 */
@SuppressWarnings("NullAway.Init") // Flink sets transient fields in initializeState and open.
final class LabelJoinOperator extends AbstractStreamOperator<Outbound>
    implements OneInputStreamOperator<Arrival, Outbound>, EventTimer<VoidNamespace> {
  private static final long serialVersionUID = 1;

  static final OutputTag<Outbound> REJECTED = new OutputTag<>("rejected", ImmutableType.OUTBOUND);
  static final OutputTag<CountsUpdate> COUNTS = new OutputTag<>("counts", ImmutableType.COUNTS);

  private static final ValueStateDescriptor<byte[]> STORE =
      new ValueStateDescriptor<>("join", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  private static final long COUNT_INTERVAL_MILLIS = 1000;

  private static final byte[] MARK_KEY = "mark".getBytes(StandardCharsets.UTF_8);
  private static final Comparator<LabelledImpression> FILE_ORDER =
      Comparator.comparingInt(LabelledImpression::partition)
          .thenComparingLong(LabelledImpression::offset);

  private final IngestionJobConfig config;
  private final RegistryFactory registryFactory;
  private final NanoClock nanos;

  private transient LabelJoin join;
  private transient SchemaRegistry registry;
  private transient OutputWriter writer;
  private transient KeyedStateBackend<String> backend;
  private transient MemoryTier states;
  private transient WakeQueue wakes;
  private transient int maxWakes;
  private transient boolean restored;
  private transient InternalTimerService<VoidNamespace> timers;

  /** How often the rules have changed between two starts, with the hash of the present ones. */
  private transient ListState<Long> rulesState;

  private transient long rulesEpoch;
  private transient ListState<Long> storedState;
  private transient JoinTime eventTime;
  private transient JoinCounts counts;
  private transient List<LabelledImpression> due;
  private transient long dueTime;
  private transient boolean waking;
  private transient ExampleMarks marks;
  private transient IngestionProgress lastProgress;
  private transient JoinMetrics watched;

  LabelJoinOperator(IngestionJobConfig config, RegistryFactory registryFactory) {
    this(config, registryFactory, System::nanoTime);
  }

  /**
   * @param nanos a monotonic clock
   */
  LabelJoinOperator(IngestionJobConfig config, RegistryFactory registryFactory, NanoClock nanos) {
    this.config = config;
    this.registryFactory = registryFactory;
    this.nanos = nanos;
  }

  /** A monotonic clock that can be sent to where the operator runs. */
  @FunctionalInterface
  interface NanoClock extends Serializable {
    long nanos();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    storedState =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("stored", Types.LONG));
    rulesState =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("rules", Types.LONG));
    eventTime = new JoinTime(config, context.getOperatorStateStore(), nanos);
    restored = context.isRestored();
    if (restored) {
      eventTime.restore();
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    join = config.labelJoin();
    registry = registryFactory.open();
    writer = new OutputWriter(registry);
    counts = new JoinCounts();
    lastProgress = IngestionProgress.NONE;
    due = new ArrayList<>();
    dueTime = Long.MIN_VALUE;
    watched = new JoinMetrics(getMetricGroup());
    marks = new ExampleMarks(config, eventTime, getProcessingTimeService(), this::writeMark);
    wakes = new WakeQueue();
    maxWakes = 4 * config.statesInMemory();
    backend = getKeyedStateBackend();
    timers = getInternalTimerService("wake", VoidNamespaceSerializer.INSTANCE, this);
    rulesEpoch = rulesEpoch();
    states =
        new MemoryTier(
            backend, getPartitionedState(STORE), config.statesInMemory(), storedTimers());
    if (restored) {
      restoreStates();
      // The last examples before the snapshot may still be waiting for theirs.
      marks.schedule();
    }
    scheduleCounts();
  }

  private StoredTimers storedTimers() {
    return new StoredTimers(
        join,
        timers,
        getInternalTimerService("free", VoidNamespaceSerializer.INSTANCE, new FreeTimer(this)),
        getInternalTimerService(
            "close", LongSerializer.INSTANCE, new CloseTimer(this, join, eventTime, rulesEpoch)),
        rulesEpoch);
  }

  private long rulesEpoch() throws Exception {
    long[] stored = {join.rulesHash(), 0};
    int at = 0;
    for (long part : rulesState.get()) {
      stored[at++] = part;
    }
    return stored[0] == join.rulesHash() ? stored[1] : stored[1] + 1;
  }

  private void restoreStates() throws Exception {
    long stored = 0;
    boolean counted = false;
    for (long count : storedState.get()) {
      stored += count;
      counted = true;
    }
    if (!counted) {
      // An older checkpoint, whose states in memory had no timer.
      List<Long> found = new ArrayList<>();
      backend.applyToAllKeys(
          VoidNamespace.INSTANCE,
          VoidNamespaceSerializer.INSTANCE,
          STORE,
          (id, state) -> {
            long due = join.dueTime(JoinStateFormat.decode(id, state.value()));
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
            found.add(due);
          });
      stored = found.size();
    }
    states.restored(stored);
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
      apply(id, state, join.onImpression(state, impression, eventTime.moment(impression)));
    } else if (arrival instanceof OutcomeEvent outcome) {
      String id = outcome.impressionId();
      JoinState state = states.get(id);
      apply(id, state, join.onOutcome(state, outcome, eventTime.moment(outcome)));
    } else if (arrival instanceof Rejection rejection) {
      reject(rejection);
    } else if (arrival instanceof ProgressEvent promise) {
      onProgress(promise);
    }
    OptionalLong to = eventTime.look(arrival instanceof ReadPositions positions ? positions : null);
    if (to.isPresent()) {
      advance(to.getAsLong());
    }
  }

  private void onProgress(ProgressEvent promise) throws Exception {
    OptionalLong to = eventTime.onProgress(promise);
    if (to.isPresent()) {
      advance(to.getAsLong());
      return;
    }
    Origin origin = promise.origin();
    reject(
        new Rejection(
            RejectionReason.UNEXPECTED_TYPE,
            "record: Progress, expected impressions and clicks only: the event time of a live"
                + " platform is that of its events ("
                + origin.place()
                + ")",
            origin));
  }

  /** Does nothing: event time is the join's own. */
  @Override
  public void processWatermark(Watermark mark) {}

  /** Wakes what is due, in the order of time, be it in memory or behind a timer of Flink's. */
  private void advance(long to) throws Exception {
    if (!eventTime.reach(to)) {
      return;
    }
    waking = true;
    super.processWatermark(new Watermark(to));
    wakeUpTo(to);
    waking = false;
    emitDue();
    if (to == Long.MAX_VALUE) {
      marks.write();
    }
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    timerFired(timer.getKey(), timer.getTimestamp());
  }

  /** The timer of a state in the store has fired, and the state is to be read. */
  void timerFired(String id, long time) throws Exception {
    wakeUpTo(time);
    wake(id, time);
    states.timerFired(id, time);
  }

  private void wakeUpTo(long to) throws Exception {
    while (wakes.size() > 0 && wakes.earliest() <= to) {
      long time = wakes.earliest();
      String id = wakes.poll();
      // What was evicted has a timer of Flink's.
      if (states.contains(id)) {
        wake(id, time);
      }
    }
  }

  private void wake(String id, long time) throws Exception {
    if (time != dueTime) {
      emitDue();
      dueTime = time;
    }
    wakeState(id, time);
  }

  /** Looks at a state whose time has come. */
  void wakeState(String id, long time) throws Exception {
    JoinState state = states.get(id);
    apply(id, state, join.wake(id, state, time));
  }

  private void apply(String id, @Nullable JoinState before, Transition transition)
      throws Exception {
    JoinState next = transition.next();
    states.put(id, next);
    if (next != null && (before == null || join.dueTime(before) != join.dueTime(next))) {
      wakes.add(join.dueTime(next), id);
      if (!waking && wakes.size() > maxWakes) {
        wakes.retain(states::contains);
        maxWakes = Math.max(maxWakes, 2 * wakes.size());
      }
    }
    effects(transition.effects());
  }

  /** Does what a transition asks for. */
  void effects(List<Effect> effects) throws Exception {
    for (int i = 0; i < effects.size(); i++) {
      Effect effect = effects.get(i);
      if (effect instanceof Effect.Count count) {
        counts.add(count.counter(), count.outcome());
        if (count.counter() == Counter.NEGATIVES) {
          // A label became final: learners are to be told how far event time is.
          marks.schedule();
        }
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
    watched.example(example.happened(), example.corrects());
    if (example.happened()) {
      eventTime.happened(example.outcome(), example.delay());
    }
    output.collect(
        new StreamRecord<>(
            new Outbound(
                example.impressionId().getBytes(StandardCharsets.UTF_8), writer.example(example))));
    marks.schedule();
  }

  private void writeMark() {
    output.collect(
        new StreamRecord<>(new Outbound(MARK_KEY, writer.progress(eventTime.reached()))));
  }

  private void reject(Rejection rejection) {
    counts.add(rejection.reason());
    watched.rejected();
    output.collect(
        REJECTED,
        new StreamRecord<>(
            new Outbound(
                rejection.origin().place().getBytes(StandardCharsets.UTF_8),
                writer.rejected(
                    rejection,
                    getProcessingTimeService().getCurrentProcessingTime(),
                    config.maxRejectedBytes()))));
  }

  private void scheduleCounts() {
    var service = getProcessingTimeService();
    var unused =
        service.registerTimer(
            service.getCurrentProcessingTime() + COUNT_INTERVAL_MILLIS,
            time -> {
              emitCounts();
              marks.followUp();
              scheduleCounts();
            });
  }

  private void emitCounts() {
    IngestionProgress present = eventTime.progress();
    watched.progress(present, states);
    if (!counts.isEmpty() || !present.equals(lastProgress)) {
      output.collect(
          COUNTS, new StreamRecord<>(new CountsUpdate(counts.toBytes(), present.toBytes())));
      counts.clear();
      lastProgress = present;
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    emitCounts();
    // Here and not only in snapshotState: timers on the heap are stored before that.
    states.writeBack();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    states.writeBack();
    storedState.update(List.of(states.stored()));
    rulesState.update(List.of(join.rulesHash(), rulesEpoch));
    eventTime.store();
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

  /** The join's states. */
  MemoryTier states() {
    return states;
  }

  /** Join states in memory, for tests. */
  int statesInMemory() {
    return states.size();
  }

  /** Join states in the store, for tests. */
  long statesInStore() {
    return states.stored();
  }
}
