package io.millrace.ingestion.job;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.IngestionCounts;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.ingestion.TestEvents;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.KafkaAccess;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka, Flink and a producer in this JVM: what the ingestion job needs to run for real. */
final class IngestionPlatform implements AutoCloseable {
  static final Topics TOPICS = Topics.DEFAULT;

  private final EmbeddedKafka kafka;
  private final InMemoryReporter reporter = InMemoryReporter.create();
  private final MiniCluster flink;
  private final Configuration configuration = new Configuration();
  private final KafkaSchemaRegistry registry;
  private final KafkaProducer<byte[], byte[]> producer;

  IngestionPlatform(Path directory) throws Exception {
    this(directory, 1);
  }

  /**
   * @param partitions of impressions and of clicks
   */
  IngestionPlatform(Path directory, int partitions) throws Exception {
    kafka = new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
    Map<String, Object> clients = kafka.client();
    try (Admin admin = Admin.create(clients)) {
      Map<String, String> stamped =
          Map.of("message.timestamp.type", "LogAppendTime", "max.message.bytes", "16777216");
      admin
          .createTopics(
              List.of(
                  new NewTopic(TOPICS.impressions(), partitions, (short) 1).configs(stamped),
                  new NewTopic(TOPICS.clicks(), partitions, (short) 1).configs(stamped)))
          .all()
          .get();
    }
    var unused = TopicAdmin.create(clients, TOPICS, List.of(), 1, 1);
    registry = new KafkaSchemaRegistry(clients, TOPICS.schemas(), Clock.systemUTC());
    Map<String, Object> producing = new HashMap<>(clients);
    producing.put("max.request.size", 16 << 20);
    producing.put("batch.size", 1 << 17);
    producing.put("linger.ms", 5);
    producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());

    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(2));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    reporter.addToConfiguration(configuration);
    flink =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .build());
    flink.start();
  }

  MiniCluster flink() {
    return flink;
  }

  /**
   * What a metric of an operator that runs says now.
   *
   * @param name operator and metric, for example {@code label-join.lag}
   */
  @Nullable Object metric(JobID job, String name) {
    String end = "." + name.replace(".", ".0.");
    for (Map.Entry<String, Metric> metric : reporter.getMetricsByIdentifiers(job).entrySet()) {
      if (metric.getKey().endsWith(end)) {
        return metric.getValue() instanceof Counter counter
            ? (Object) counter.getCount()
            : ((Gauge<?>) metric.getValue()).getValue();
      }
    }
    return null;
  }

  TestEvents events() {
    return new TestEvents(registry);
  }

  KafkaSchemaRegistry registry() {
    return registry;
  }

  IngestionJobConfig replayConfig(Duration window, Duration lateness) {
    return IngestionJobConfig.replay(
        KafkaAccess.of(kafka.client()), TOPICS, List.of(OutcomeRule.click(window, lateness)), 2);
  }

  IngestionJobConfig liveConfig(Duration window, Duration lateness) {
    return IngestionJobConfig.live(
        KafkaAccess.of(kafka.client()), TOPICS, List.of(OutcomeRule.click(window, lateness)));
  }

  JobID submit(IngestionJobConfig config) throws Exception {
    return submit(config, null);
  }

  /** Starts a job from where another one was stopped. */
  JobID resume(IngestionJobConfig config, String savepoint) throws Exception {
    return submit(config, savepoint);
  }

  /** Stops a job and returns its savepoint. */
  String stop(JobID job, Path folder) throws Exception {
    return flink
        .stopWithSavepoint(job, folder.toUri().toString(), false, SavepointFormatType.CANONICAL)
        .get();
  }

  /** Why a job has failed. */
  String failure(JobID job) throws Exception {
    Throwable cause =
        Objects.requireNonNull(flink.getExecutionGraph(job).get().getFailureInfo())
            .getException()
            .deserializeError(IngestionPlatform.class.getClassLoader());
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private JobID submit(IngestionJobConfig config, @Nullable String savepoint) throws Exception {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
    env.setParallelism(1);
    env.getConfig().enableObjectReuse();
    IngestionJob.build(env, config);
    JobGraph graph = env.getStreamGraph().getJobGraph();
    if (savepoint != null) {
      graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint, false));
    }
    return flink.submitJob(graph).get().getJobID();
  }

  void write(String topic, String key, byte[] value) {
    var unused =
        producer.send(
            new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value),
            (metadata, failure) -> {
              if (failure != null) {
                throw new AssertionError("cannot write to " + topic, failure);
              }
            });
  }

  void write(String topic, int partition, String key, byte[] value) {
    var unused =
        producer.send(
            new ProducerRecord<>(topic, partition, key.getBytes(StandardCharsets.UTF_8), value));
  }

  /** Writes in a transaction, and aborts that. */
  void writeAborted(String topic, String key, byte[] value) throws Exception {
    Map<String, Object> config = new HashMap<>(kafka.client());
    config.put("transactional.id", "aborting");
    try (var aborting =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      aborting.initTransactions();
      aborting.beginTransaction();
      aborting.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value)).get();
      aborting.abortTransaction();
    }
  }

  /** Deletes the records of a topic's first partition before an offset. */
  void deleteBefore(String topic, long offset) throws Exception {
    try (Admin admin = Admin.create(kafka.client())) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  /** The newest totals but for zeros. */
  Map<String, Long> counts() {
    AvroWire wire = new AvroWire(registry);
    Map<String, Long> last = new HashMap<>();
    read(
        TOPICS.ingestionCounts(),
        record -> {
          last.clear();
          last.putAll(wire.decode(record.value(), IngestionCounts.class).getCounts());
        });
    last.values().removeIf(count -> count == 0);
    return last;
  }

  void flush() {
    producer.flush();
  }

  /** The number of records of a topic. */
  long size(String topic) {
    try (var consumer = consumer()) {
      TopicPartition partition = new TopicPartition(topic, 0);
      return end(consumer, partition);
    }
  }

  /** Reads each partition of a topic from its start to its present end. */
  void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> to) {
    try (var consumer = consumer()) {
      for (var info : consumer.partitionsFor(topic)) {
        TopicPartition partition = new TopicPartition(topic, info.partition());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = end(consumer, partition);
        while (consumer.position(partition) < end) {
          consumer.poll(Duration.ofMillis(100)).forEach(to);
        }
      }
    }
  }

  private static long end(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    return Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", kafka.bootstrapServers(), "max.partition.fetch.bytes", 32 << 20),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  @Override
  public void close() throws Exception {
    flink.close();
    producer.close(Duration.ofSeconds(5));
    registry.close();
    kafka.close();
  }
}
