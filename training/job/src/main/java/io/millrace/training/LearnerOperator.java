package io.millrace.training;

import io.millrace.event.RejectedEvent;
import io.millrace.event.VersionManifest;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.SchemaRegistry.RegisteredSchema;
import io.millrace.trained.TrainedModel;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
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
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Drives a {@link PartitionLearner}: examples in, publishes on a timer, dirty pages into keyed
 * state before each barrier. Emits rejected events.
 *
 * <p>The first publish after a start ships the whole model and removes all other rows that the
 * topic holds, so that from then on the topic is the learner's table: after a restore, rows that
 * were learned but not yet published are not known one by one, and rows that were published but
 * learned after the checkpoint (or before any) are to come again. A server that has a later version
 * of this {@link Incarnation} skips what it has; one of an earlier incarnation takes over the
 * whole. A whole one is also the first publish after the feature schema has changed: a server takes
 * over weights and schema at once.
 */
@SuppressWarnings("NullAway.Init") // Flink sets transient fields in initializeState and open.
final class LearnerOperator extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<byte[], byte[]> {
  private static final long serialVersionUID = 1;

  /** The key of the one partition. */
  static final int PARTITION = 0;

  private static final TypeInformation<byte[]> BYTES =
      PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  private static final long[] NO_ROWS = {};
  private static final long NONE = -1;

  /** How often to look whether there is something to publish. */
  private static final long LOOK_MILLIS = 10;

  private final TrainingJobConfig job;

  private transient MapState<Integer, byte[]> tablePages;
  private transient MapState<Integer, byte[]> idPages;
  private transient ValueState<byte[]> learnerState;
  private transient SchemaRegistry registry;
  private transient AvroWire wire;
  private transient PartitionLearner partition;
  private transient Incarnation incarnation;
  private transient ParameterPublisher publisher;
  private transient LearnerGauges gauges;
  private transient Clock clock;
  private transient StreamRecord<byte[]> reusedRecord;
  private transient long publishedVersion;
  private transient @Nullable String publishedSchema;
  private transient long handedOver;
  private transient RowCopies copies;

  /** What the topic holds, until the first publish. */
  private transient @Nullable Roaring64Bitmap stale;

  LearnerOperator(TrainingJobConfig job) {
    this.job = job;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    var store = context.getKeyedStateStore();
    tablePages = store.getMapState(new MapStateDescriptor<>("table", Types.INT, BYTES));
    idPages = store.getMapState(new MapStateDescriptor<>("learned-ids", Types.INT, BYTES));
    // the name by which checkpoints hold it
    learnerState = store.getState(new ValueStateDescriptor<>("lane", BYTES));
  }

  @Override
  public void open() throws Exception {
    super.open();
    clock = Clock.systemUTC();
    registry = new KafkaSchemaRegistry(job.kafka().client(), job.topics().schemas(), clock);
    wire = new AvroWire(registry);
    reusedRecord = new StreamRecord<>(new byte[0]);
    ModelConfig config = job.modelConfig();
    setCurrentKey(PARTITION);
    byte[] bytes = learnerState.value();
    PartitionLearnerState stored =
        bytes == null ? null : StartChecks.readable(config.name(), bytes);
    String schemaText;
    int schemaId;
    if (stored == null) {
      RegisteredSchema newest = registeredSchema(config);
      schemaText = newest.schema().toString();
      schemaId = newest.id();
    } else {
      schemaText = stored.featureSchema();
      schemaId = stored.schemaId();
    }
    gauges = new LearnerGauges(getMetricGroup());
    publisher = new ParameterPublisher(job, config, registry, clock);
    Found published = check(config, schemaText, stored);
    stale = published.parameters.rows();
    Engine engine = job.compute().engine();
    ComputeDevice device = job.compute().ofLearners();
    partition =
        new PartitionLearner(
            schema -> CompiledModel.of(config, schema, engine, device),
            FeatureSchema.parse(new Schema.Parser().parse(schemaText)),
            schemaId,
            job.beginsWithWeights(),
            wire,
            job.segmentExamples(),
            job.guard());
    if (stored != null) {
      restore(stored);
      if (isOfSource(stored)) {
        partition.forgetFigures();
      }
    } else if (job.cloneOf() != null) {
      throw StartChecks.noState(config.name(), job.cloneOf());
    } else if (job.start() != null) {
      TrainedModel.read(Path.of(job.start())).copyTo(partition.learner());
    }
    incarnation = begin(config, stored, published);
    copies = new RowCopies(partition.learner().table().rowWidth());
    publishedVersion = NONE;
    publishIfDue();
    schedulePublish();
  }

  private RegisteredSchema registeredSchema(ModelConfig config) {
    return registry
        .latest(config.subject())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "model %s: subject %s has no schema, expected its feature schema; register it"
                        .formatted(config.name(), config.subject())));
  }

  private Incarnation begin(
      ModelConfig config, @Nullable PartitionLearnerState stored, Found found) {
    VersionManifest last = found.parameters.manifest();
    Incarnation before = stored == null ? null : stored.incarnation();
    Incarnation published = last == null ? null : Incarnation.of(last);
    long from = stored == null ? found.lost : stored.version();
    boolean clone = stored != null && isOfSource(stored);
    Incarnation now =
        clone
            ? Incarnation.beginClone(from, published, partition.arithmetic())
            : Incarnation.begin(before, from, published, partition.arithmetic(), found.lost > 0);
    Incarnation known = before == null || clone ? published : before;
    if (known != null && now.number() != known.number()) {
      LOG.warn(
          "model {}: incarnation {} begins at version {}, by {}{}; incarnation {} was learned by {}"
              + " and {} is published: servers take the next publish in place of what they have,"
              + " also of a higher version",
          config.name(),
          now.number(),
          from,
          now.words(),
          found.lost > 0 ? ", without " + found.lost + " lost examples" : "",
          known.number(),
          known.words(),
          published == null ? "none" : "incarnation " + published.number());
    }
    return now;
  }

  /**
   * What a learner finds as it starts.
   *
   * @param parameters what is published
   * @param lost examples that the log has lost before it could learn them
   */
  private record Found(PublishedParameters parameters, long lost) {}

  /** Whether a state is that of the model which this one is a clone of. */
  private boolean isOfSource(PartitionLearnerState stored) {
    String source = job.cloneOf();
    return source != null && ModelConfig.fromJson(stored.modelConfig()).name().equals(source);
  }

  /** Fails unless this learner may go on from here; returns what it finds. */
  private Found check(ModelConfig config, String schema, @Nullable PartitionLearnerState stored) {
    String examples = job.topics().examples();
    String parameters = job.topics().parameters(config.name());
    try (Admin admin = Admin.create(job.kafka().client())) {
      StartChecks.onePartition(admin, examples);
      long lost = 0;
      if (stored != null) {
        lost =
            StartChecks.nothingLost(
                admin, examples, config.name(), stored.nextOffset(), job.acceptLostEvents());
        if (isOfSource(stored)) {
          StartChecks.takesStateOf(stored.modelConfig(), config);
        } else {
          StartChecks.sameModel(
              "its checkpoint", stored.modelConfig(), stored.featureSchema(), config, schema);
        }
      }
      PublishedParameters published = PublishedParameters.read(job.kafka(), parameters, wire);
      VersionManifest last = published.manifest();
      if (last != null) {
        String where = "version " + last.getVersion() + " in " + parameters;
        StartChecks.sameModel(
            where, last.getModelConfig(), last.getFeatureSchema(), config, schema);
        if (stored == null) {
          lost =
              StartChecks.wholeLog(
                  admin, examples, config.name(), last.getVersion(), job.acceptLostEvents());
        }
      }
      return new Found(published, lost);
    }
  }

  private void restore(PartitionLearnerState state) throws Exception {
    for (Map.Entry<Integer, byte[]> page : tablePages.entries()) {
      partition.learner().table().restorePage(page.getKey(), page.getValue());
    }
    for (Map.Entry<Integer, byte[]> page : idPages.entries()) {
      partition.learned().restorePage(page.getKey(), page.getValue());
    }
    partition.restore(state);
    partition.learner().table().markAllUnpublished();
  }

  @Override
  public void processElement(StreamRecord<byte[]> element) {
    byte[] bytes = element.getValue();
    long offset = OffsetAndValue.offset(bytes);
    byte[] value = OffsetAndValue.value(bytes);
    for (PartitionLearner.Refusal refusal : partition.read(offset, value)) {
      reject(refusal);
    }
  }

  private void reject(PartitionLearner.Refusal refusal) {
    RejectedEvent event =
        RejectedEvent.newBuilder()
            .setReason(refusal.reason().code())
            .setDetail(refusal.detail())
            .setTopic(job.topics().examples())
            .setPartition(0)
            .setOffset(refusal.offset())
            .setRejectedTime(clock.instant())
            .setOriginalKey(null)
            .setOriginalValue(ByteBuffer.wrap(refusal.value()))
            .build();
    output.collect(reusedRecord.replace(wire.encode(event)));
  }

  /** What it has learned, live. */
  Learner learner() {
    return partition.learner();
  }

  private void schedulePublish() {
    var unused =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + LOOK_MILLIS,
                time -> {
                  publishIfDue();
                  schedulePublish();
                });
  }

  private void publishIfDue() {
    gauges.show(partition, publishedVersion, publisher.tookMillis());
    long version = partition.version();
    boolean idle =
        publisher.idle(); // throws what has failed, also where nothing is to be published
    // the version at a switch belongs to the schema before it
    if (version == publishedVersion || version == partition.switchedAt() || !idle) {
      return;
    }
    long now = getProcessingTimeService().getCurrentProcessingTime();
    long due = PublishPace.due(handedOver, job.publishIntervalMillis(), publisher.tookMillis());
    if (publishedVersion != NONE && now < due) {
      return;
    }
    boolean switched = !partition.featureSchema().equals(publishedSchema);
    if (switched) {
      partition.learner().table().markAllUnpublished();
    }
    copies.clear();
    partition.learner().table().forEachRowChangedSincePublish(copies);
    publisher.publish(
        new Publish(
            incarnation,
            version,
            switched ? 0 : publishedVersion,
            partition.featureSchema(),
            copies,
            takeStale(),
            partition.learner().publishedTensors(),
            partition.takeClickTimes(),
            partition.fault(),
            partition.figures()));
    gauges.published();
    publishedVersion = version;
    publishedSchema = partition.featureSchema();
    handedOver = now;
  }

  /** Rows that the topic holds and this publish, the first and a whole one, does not ship. */
  private long[] takeStale() {
    Roaring64Bitmap rows = stale;
    if (rows == null) {
      return NO_ROWS;
    }
    for (int i = 0; i < copies.size(); i++) {
      rows.removeLong(copies.rows()[i]);
    }
    stale = null;
    return rows.toArray();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    setCurrentKey(PARTITION);
    partition.learner().table().forEachPageChangedSinceCheckpoint(this::storeTablePage);
    partition.learned().forEachChangedPage(idPages::put);
    learnerState.update(partition.state().of(incarnation).toBytes());
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
    if (partition != null) {
      partition.close();
    }
    if (registry != null) {
      registry.close();
    }
    super.close();
  }
}
