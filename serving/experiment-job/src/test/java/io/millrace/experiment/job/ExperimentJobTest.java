package io.millrace.experiment.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.Example;
import io.millrace.event.ExperimentMetrics;
import io.millrace.event.Progress;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.KafkaAccess;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.TopicFollower;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job on a broker and a cluster whose task manager is killed, before and after a checkpoint.
 */
class ExperimentJobTest {
  private static final Topics TOPICS = Topics.DEFAULT;

  @TempDir Path directory;

  private static Configuration configuration(Path checkpoints) {
    Configuration c = new Configuration();
    c.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    c.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofHours(1));
    c.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    c.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    c.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
    c.set(RestOptions.BIND_PORT, "0");
    c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    c.set(PipelineOptions.OBJECT_REUSE, true);
    c.set(PipelineOptions.GENERIC_TYPES, false);
    return c;
  }

  /** The totals as whoever follows the topic has them. */
  private static final class Follower implements TopicFollower.Listener<ExperimentMetrics> {
    private final Map<String, Map<String, Object>> totals = new ConcurrentHashMap<>();

    @Override
    public void begun() {
      totals.clear();
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record, ExperimentMetrics value) {
      totals.put(new String(record.key(), StandardCharsets.UTF_8), ExampleFeed.texts(value));
    }

    @Override
    public void looked(boolean caughtUp) {}

    Map<String, Map<String, Object>> sorted() {
      return new TreeMap<>(totals);
    }
  }

  @Test
  void totalsAreThoseOfACountOfTheTopicWhateverDies() throws Exception {
    List<Example> all = new ExampleFeed(11).examples(400);
    Configuration configuration = configuration(directory.resolve("checkpoints"));
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
        MiniCluster cluster =
            new MiniCluster(
                new MiniClusterConfiguration.Builder()
                    .setConfiguration(configuration)
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(1)
                    .build())) {
      Map<String, Object> client = new HashMap<>(kafka.client());
      var unused = TopicAdmin.create(client, TOPICS, List.of(), 1, 1);
      cluster.start();
      Follower follower = new Follower();
      try (KafkaSchemaRegistry registry =
              new KafkaSchemaRegistry(client, TOPICS.schemas(), Clock.systemUTC());
          var reading =
              new TopicFollower<>(
                  client,
                  TOPICS.experimentMetrics(),
                  ExperimentMetrics.class,
                  () -> registry,
                  follower);
          var producer =
              new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
        AvroWire wire = new AvroWire(registry);
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
        env.setParallelism(1);
        ExperimentJob.build(
            env, new ExperimentJobConfig(KafkaAccess.of(client), TOPICS.prefix(), false));
        JobID job = cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();

        int third = all.size() / 3;
        write(producer, wire, all.subList(0, third));
        awaitTotals(follower, all.subList(0, third));
        cluster.terminateTaskManager(0).get(); // there is no checkpoint: all is counted again
        cluster.startTaskManager();
        write(producer, wire, all.subList(third, 2 * third));
        awaitTotals(follower, all.subList(0, 2 * third));
        var taken = cluster.triggerCheckpoint(job, CheckpointType.CONFIGURED).get();
        assertThat(taken).isNotNull();
        cluster.terminateTaskManager(1).get();
        cluster.startTaskManager();
        // As ingestion does when it restarts: some of it twice.
        write(producer, wire, all.subList(2 * third - 100, all.size()));
        awaitTotals(follower, all);
        assertThat(reading).isNotNull();
      }
    }
  }

  private static void write(
      KafkaProducer<byte[], byte[]> producer, AvroWire wire, List<Example> examples) {
    for (Example example : examples) {
      send(producer, wire.encode(example));
    }
    send(producer, new byte[] {9});
    send(producer, wire.encode(new Progress(Instant.ofEpochMilli(ExampleFeed.START + 10_000))));
    producer.flush();
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(TOPICS.examples(), value));
  }

  private static void awaitTotals(Follower follower, List<Example> examples) {
    Map<String, Map<String, Object>> expected = ExampleFeed.texts(ExampleFeed.count(examples));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(follower.sorted()).isEqualTo(expected));
  }
}
