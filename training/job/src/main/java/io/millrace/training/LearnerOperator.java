package io.millrace.training;

import io.millrace.event.RejectedEvent;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.registry.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Drives a {@link Lane}: examples in, publishes on a timer, dirty pages into keyed state before
 * each barrier. Emits rejected events.
 *
 * <p>After a restore the first publish ships the whole model: rows that were learned but not yet
 * published before the failure are not known one by one, and a server that has them skips them.
 */
@SuppressWarnings("NullAway.Init") // Flink sets transient fields in initializeState and open.
final class LearnerOperator extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<byte[], byte[]> {
  private static final long serialVersionUID = 1;

  /** The key of the one lane. */
  static final int LANE = 0;

  private static final TypeInformation<byte[]> BYTES =
      PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  private static final int FIRST_ROWS = 1024;

  private final TrainingJobConfig job;

  private transient MapState<Integer, byte[]> tablePages;
  private transient MapState<Integer, byte[]> idPages;
  private transient ValueState<byte[]> laneState;
  private transient SchemaRegistry registry;
  private transient AvroWire wire;
  private transient Lane lane;
  private transient ParameterPublisher publisher;
  private transient Clock clock;
  private transient StreamRecord<byte[]> reusedRecord;
  private transient long publishedVersion;
  private transient int rowWidth;
  private transient long[] rows;
  private transient float[] values;
  private transient int rowCount;

  LearnerOperator(TrainingJobConfig job) {
    this.job = job;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    var store = context.getKeyedStateStore();
    tablePages = store.getMapState(new MapStateDescriptor<>("table", Types.INT, BYTES));
    idPages = store.getMapState(new MapStateDescriptor<>("learned-ids", Types.INT, BYTES));
    laneState = store.getState(new ValueStateDescriptor<>("lane", BYTES));
  }

  @Override
  public void open() throws Exception {
    super.open();
    clock = Clock.systemUTC();
    registry =
        new KafkaSchemaRegistry(
            Map.of("bootstrap.servers", job.bootstrap()), job.topics().schemas(), clock);
    wire = new AvroWire(registry);
    reusedRecord = new StreamRecord<>(new byte[0]);
    ModelConfig config = job.modelConfig();
    setCurrentKey(LANE);
    byte[] bytes = laneState.value();
    LaneState stored = bytes == null ? null : LaneState.fromBytes(bytes);
    Schema schema;
    if (stored == null) {
      schema =
          registry
              .latest(config.subject())
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "model %s: subject %s has no schema, expected its feature schema"
                              .formatted(config.name(), config.subject())))
              .schema();
    } else {
      String text = new String(stored.featureSchema(), StandardCharsets.UTF_8);
      schema = new Schema.Parser().parse(text);
    }
    lane =
        new Lane(
            CompiledModel.of(config, FeatureSchema.parse(schema)), wire, job.segmentExamples());
    if (stored != null) {
      restore(stored);
    }
    rowWidth = lane.learner().table().rowWidth();
    rows = new long[FIRST_ROWS];
    values = new float[FIRST_ROWS * rowWidth];
    publishedVersion = -1;
    publisher = new ParameterPublisher(job, config, schema.toString(), registry, clock);
    publishIfDue();
    schedulePublish();
  }

  private void restore(LaneState state) throws Exception {
    for (Map.Entry<Integer, byte[]> page : tablePages.entries()) {
      lane.learner().table().restorePage(page.getKey(), page.getValue());
    }
    for (Map.Entry<Integer, byte[]> page : idPages.entries()) {
      lane.learned().restorePage(page.getKey(), page.getValue());
    }
    lane.restore(state);
    lane.learner().table().markAllUnpublished();
  }

  @Override
  public void processElement(StreamRecord<byte[]> element) {
    byte[] bytes = element.getValue();
    long offset = OffsetAndValue.offset(bytes);
    byte[] value = OffsetAndValue.value(bytes);
    Lane.Refusal refusal = lane.read(offset, value);
    if (refusal != null) {
      reject(offset, value, refusal);
    }
  }

  private void reject(long offset, byte[] value, Lane.Refusal refusal) {
    RejectedEvent event =
        RejectedEvent.newBuilder()
            .setReason(refusal.reason().code())
            .setDetail(refusal.detail())
            .setTopic(job.topics().examples())
            .setPartition(0)
            .setOffset(offset)
            .setRejectedTime(clock.instant())
            .setOriginalKey(null)
            .setOriginalValue(ByteBuffer.wrap(value))
            .build();
    output.collect(reusedRecord.replace(wire.encode(event)));
  }

  private void schedulePublish() {
    long next = getProcessingTimeService().getCurrentProcessingTime() + job.publishIntervalMillis();
    var unused =
        getProcessingTimeService()
            .registerTimer(
                next,
                time -> {
                  publishIfDue();
                  schedulePublish();
                });
  }

  private void publishIfDue() {
    long version = lane.nextOffset();
    if (version == publishedVersion || !publisher.idle()) {
      return;
    }
    rowCount = 0;
    lane.learner().table().forEachRowChangedSincePublish(this::copyRow);
    publisher.publish(
        new Publish(
            version,
            Math.max(0, publishedVersion),
            rowCount,
            rows,
            values,
            rowWidth,
            lane.learner().tensors().copy(),
            lane.takeClickTimes(),
            lane.metrics()));
    publishedVersion = version;
  }

  private void copyRow(long row, float[] from, int offset) {
    if (rowCount == rows.length) {
      rows = Arrays.copyOf(rows, rowCount * 2);
      values = Arrays.copyOf(values, values.length * 2);
    }
    rows[rowCount] = row;
    System.arraycopy(from, offset, values, rowCount * rowWidth, rowWidth);
    rowCount++;
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    setCurrentKey(LANE);
    lane.learner().table().forEachPageChangedSinceCheckpoint(this::storeTablePage);
    lane.learned().forEachChangedPage(idPages::put);
    laneState.update(lane.state().toBytes());
  }

  private void storeTablePage(int page, byte[] bytes) {
    try {
      tablePages.put(page, bytes);
    } catch (Exception e) {
      throw new IllegalStateException("cannot store page " + page + " of the table", e);
    }
  }

  @Override
  public void close() throws Exception {
    if (publisher != null) {
      publisher.close();
    }
    if (lane != null) {
      lane.close();
    }
    if (registry != null) {
      registry.close();
    }
    super.close();
  }
}
