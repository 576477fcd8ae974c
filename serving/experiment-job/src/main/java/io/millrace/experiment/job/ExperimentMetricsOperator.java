package io.millrace.experiment.job;

import io.millrace.event.Example;
import io.millrace.event.ExperimentMetrics;
import io.millrace.event.Progress;
import io.millrace.event.Served;
import io.millrace.event.ServedArm;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.WireFormatException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
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

/**
 * Examples to totals of experiments. Keyed state, by experiment and unit, holds the units and the
 * labels that may still change; operator state holds the totals. Runs with parallelism 1.
 *
 * <p>An impression counts once for each outcome, with the label that came last. Which labels it had
 * is kept for an hour of the examples' own time after they are final: the ingestion job writes
 * again, after a failure, what it wrote since its last checkpoint.
 */
@SuppressWarnings("NullAway.Init") // Flink sets transient fields in initializeState and open.
final class ExperimentMetricsOperator extends AbstractStreamOperator<Tuple2<byte[], byte[]>>
    implements OneInputStreamOperator<byte[], Tuple2<byte[], byte[]>>,
        Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1;

  private static final TypeInformation<byte[]> BYTES =
      PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

  /** Key and value of a record of {@code experiment-metrics}. */
  static final TypeInformation<Tuple2<byte[], byte[]>> OUTPUT = Types.TUPLE(BYTES, BYTES);

  /** Totals of an arm are written at most this often. */
  static final long WRITE_MILLIS = 1000;

  /** How long after a label is final the impression's id is kept. */
  static final long KEPT_MILLIS = Duration.ofHours(1).toMillis();

  /** Ids are forgotten together with those of the same span. */
  private static final long SPAN_MILLIS = Duration.ofMinutes(10).toMillis();

  private static final long NOT_YET = Long.MIN_VALUE / 2;
  private static final long END = Long.MAX_VALUE / 2;
  private static final char SEPARATOR = '\0';

  private final Registries registries;

  private transient ValueState<byte[]> units;
  private transient MapState<String, byte[]> labels;
  private transient ListState<byte[]> storedTotals;
  private transient ListState<Long> storedTime;
  private transient ExperimentTotals totals;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient SchemaRegistry registry;
  private transient AvroWire wire;
  private transient Counter unreadable;
  private transient long time;
  private transient long written;
  private transient boolean writing;

  /** Opens a registry inside the operator, on whichever machine it runs; the operator closes it. */
  @FunctionalInterface
  interface Registries extends Serializable {
    SchemaRegistry open();
  }

  ExperimentMetricsOperator(Registries registries) {
    this.registries = registries;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    units = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("units", BYTES));
    labels =
        context
            .getKeyedStateStore()
            .getMapState(new MapStateDescriptor<>("labels", Types.STRING, BYTES));
    storedTotals =
        context.getOperatorStateStore().getListState(new ListStateDescriptor<>("totals", BYTES));
    storedTime =
        context.getOperatorStateStore().getListState(new ListStateDescriptor<>("time", Types.LONG));
    totals = new ExperimentTotals();
    for (byte[] arm : storedTotals.get()) {
      totals.restore(arm);
    }
    time = NOT_YET;
    for (Long stored : storedTime.get()) {
      time = Math.max(time, stored);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    registry = registries.open();
    wire = new AvroWire(registry);
    timers = getInternalTimerService("forget", VoidNamespaceSerializer.INSTANCE, this);
    unreadable = getMetricGroup().counter("unreadable");
    written = NOT_YET;
    writeSoon();
  }

  @Override
  public void processElement(StreamRecord<byte[]> element) throws Exception {
    IndexedRecord record;
    try {
      record = wire.decode(element.getValue()).value();
    } catch (WireFormatException e) {
      skip(String.valueOf(e.getMessage()));
      return;
    }
    if (record instanceof Example example) {
      Served served = example.getServed();
      if (served != null) {
        for (ServedArm arm : served.getArms()) {
          if (arm.getPropensity() < 1) { // that of a forced arm is 1
            count(example, arm);
          }
        }
        writeSoon();
      }
    } else if (record instanceof Progress progress) {
      advance(progress.getEventTime().toEpochMilli());
    } else {
      skip("a record of " + record.getSchema().getFullName());
    }
  }

  /** What no job but the learner's reports as rejected, so that it is there once. */
  private void skip(String what) {
    unreadable.inc();
    if (Long.bitCount(unreadable.getCount()) == 1) {
      LOG.warn("{} records of examples are not counted; the last: {}", unreadable.getCount(), what);
    }
  }

  private void count(Example example, ServedArm served) throws Exception {
    String experiment = served.getExperiment();
    String arm = served.getArm();
    setCurrentKey(experiment + SEPARATOR + served.getUnit());
    byte[] stored = units.value();
    UnitState unit = stored == null ? new UnitState() : UnitState.fromBytes(stored);
    boolean isNewArm = !unit.arms().contains(arm);
    if (isNewArm) {
      enter(experiment, arm, unit);
    }
    totals.changing(experiment, arm).saw(example.getEventTime().toEpochMilli());
    boolean counted = !unit.isCrossed() && label(example, experiment, arm, unit);
    if (isNewArm || counted) {
      units.update(unit.toBytes());
    }
  }

  /** A unit is seen in an arm for the first time. */
  private void enter(String experiment, String arm, UnitState unit) {
    ArmTotals entered = totals.changing(experiment, arm);
    if (unit.arms().isEmpty()) {
      entered.enter();
    } else {
      if (!unit.isCrossed()) {
        totals.changing(experiment, unit.arms().get(0)).leave(unit.outcomes());
        unit.outcomes().clear();
        labels.clear();
      }
      entered.cross();
    }
    unit.arms().add(arm);
  }

  /** Counts an impression, or its new label; whether anything has changed. */
  private boolean label(Example example, String experiment, String arm, UnitState unit)
      throws Exception {
    String outcome = example.getOutcome();
    String id = outcome + SEPARATOR + example.getExampleId();
    byte[] stored = labels.get(id);
    OutcomeSums now = OutcomeSums.of(example);
    OutcomeSums change = now;
    if (stored != null) {
      OutcomeSums last = LastLabel.fromBytes(stored).sums();
      if (last.equals(now)) {
        return false;
      }
      change = now.plus(last, -1);
    }
    OutcomeSums before = unit.outcomes().get(outcome);
    OutcomeSums after = (before == null ? OutcomeSums.NONE : before).plus(change, 1);
    totals.changing(experiment, arm).change(outcome, before, after);
    unit.outcomes().put(outcome, after);
    long forgottenAt = forgottenAt(example);
    labels.put(id, new LastLabel(now, forgottenAt).toBytes());
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, forgottenAt);
    return true;
  }

  private long forgottenAt(Example example) {
    long settled = Math.max(example.getLabelFinalTime(), example.getEventTime().toEpochMilli());
    long from = Math.min(END, Math.max(settled, time)) + KEPT_MILLIS;
    return (from / SPAN_MILLIS + 1) * SPAN_MILLIS;
  }

  private void advance(long eventTime) throws Exception {
    if (eventTime > time) {
      time = eventTime;
      processWatermark(new Watermark(eventTime));
    }
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    Iterator<Map.Entry<String, byte[]>> each = labels.iterator();
    while (each.hasNext()) {
      if (LastLabel.fromBytes(each.next().getValue()).forgottenAt() <= timer.getTimestamp()) {
        each.remove();
      }
    }
    if (labels.isEmpty()) {
      labels.clear(); // a state in memory keeps an empty map
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {}

  private void writeSoon() {
    if (!writing && totals.isChanged()) {
      writing = true;
      long now = getProcessingTimeService().getCurrentProcessingTime();
      getProcessingTimeService()
          .registerTimer(Math.max(now, written + WRITE_MILLIS), reached -> write());
    }
  }

  private void write() {
    writing = false;
    written = getProcessingTimeService().getCurrentProcessingTime();
    for (ExperimentMetrics arm : totals.takeChanged()) {
      String key = arm.getExperiment() + "/" + arm.getArm();
      output.collect(
          new StreamRecord<>(Tuple2.of(key.getBytes(StandardCharsets.UTF_8), wire.encode(arm))));
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    storedTotals.update(totals.toBytes());
    storedTime.update(List.of(time));
  }

  @Override
  public void close() throws Exception {
    if (registry != null) {
      registry.close();
    }
    super.close();
  }
}
