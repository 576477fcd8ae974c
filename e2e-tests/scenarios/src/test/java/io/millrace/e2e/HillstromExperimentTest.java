package io.millrace.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.deployment.Made;
import io.millrace.event.Impression;
import io.millrace.event.Outcome;
import io.millrace.event.Progress;
import io.millrace.event.Served;
import io.millrace.event.ServedArm;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.job.ExperimentJob;
import io.millrace.experiment.job.ExperimentJobConfig;
import io.millrace.experiment.readout.ExperimentReadout;
import io.millrace.experiment.readout.ExperimentReadout.Conclusion;
import io.millrace.experiment.readout.ExperimentReadout.EffectReadout;
import io.millrace.experiment.readout.ExperimentReadout.Estimate;
import io.millrace.experiment.readout.ExperimentReadout.IntervalReadout;
import io.millrace.experiment.readout.ExperimentResults;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.ingestion.job.IngestionJob;
import io.millrace.ingestion.job.IngestionJobConfig;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.KafkaAccess;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

/**
 * A real trial of e-mails as impressions and outcomes through the label join, the job of
 * experiments and the read-out; the file is not part of the project.
 */
class HillstromExperimentTest {
  private static final long T = 1_700_000_000_000L;
  private static final int CUSTOMERS = 64_000;
  private static final Topics TOPICS = Topics.DEFAULT;
  private static final Schema FEATURES =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"Mail","namespace":"shop.mail",
               "millrace":{"table":{"rows":1024,"dim":4}},
               "fields":[{"name":"zip","type":"string","feature":{"kind":"categorical"}}]}
              """);

  /**
   * From statsmodels 0.13.5, CompareMeans.tconfint_diff(usevar="unequal"); lifts by the delta
   * method in numpy with the same quantile.
   */
  private static final String EXPECTED =
      """
      Mens-E-Mail,visit,0.07658956365153125,0.06995314760976147,0.08322597969330102,0.721404616781399,0.6384118068495831,0.8043974267132149
      Mens-E-Mail,conversion,0.006805006519615695,0.00500007074773239,0.008609942291499001,1.188421876286328,0.7215163429823226,1.6553274095903332
      Mens-E-Mail,spend,0.7698271558945367,0.48513973256840676,1.054514579220666,1.1792887703620059,0.5442847607294197,1.814292779994592
      Womens-E-Mail,visit,0.045233106587052985,0.03889349376208028,0.05157271941202569,0.42605507026691014,0.35439705778614905,0.49771308274767123
      Womens-E-Mail,conversion,0.003111057511085258,0.0014985923661468025,0.004723522656023714,0.5433130436982172,0.19322212710513903,0.8934039602912953
      Womens-E-Mail,spend,0.4244122159365966,0.16895678988377844,0.6798676419894147,0.6501518638646859,0.14911246085163843,1.1511912668777335
      """;

  @TempDir Path directory;

  private static Experiment experiment() {
    return Experiment.draft(
        """
        {"key":"mail","unit":{"kind":"user","attribute":"customer"},"plannedUnits":64000,
         "arms":[{"name":"No-E-Mail","weight":1,"value":0},{"name":"Mens-E-Mail","weight":1,"value":1},
                 {"name":"Womens-E-Mail","weight":1,"value":2}],
         "metrics":[{"name":"visit","kind":"rate","better":"up"},
                    {"name":"conversion","kind":"rate","better":"up"},
                    {"name":"conversion","kind":"value","better":"up"}]}
        """,
        new Made("ann", Instant.EPOCH));
  }

  private Configuration configuration() {
    Configuration c = new Configuration();
    c.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    c.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(5));
    c.set(RestOptions.BIND_PORT, "0");
    c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    c.set(PipelineOptions.OBJECT_REUSE, true);
    c.set(PipelineOptions.GENERIC_TYPES, false);
    return c;
  }

  @Test
  void effectsAreThoseOfStatsmodels() throws Exception {
    Path file =
        Path.of(System.getProperty("millrace.shared", "."), "data", "hillstrom_email_ab.csv.xz");
    Assumptions.assumeTrue(
        Files.exists(file), () -> "skipped: needs the data file " + file.getFileName());
    Configuration configuration = configuration();
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
        MiniCluster cluster =
            new MiniCluster(
                new MiniClusterConfiguration.Builder()
                    .setConfiguration(configuration)
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(2)
                    .build())) {
      Map<String, Object> client = new HashMap<>(kafka.client());
      assertThat(TopicAdmin.create(client, TOPICS, List.of(), 1, 1)).isNotEmpty();
      cluster.start();
      KafkaAccess access = KafkaAccess.of(client);
      Duration window = Duration.ofSeconds(10);
      IngestionJobConfig ingestion =
          IngestionJobConfig.replay(
              access,
              TOPICS,
              List.of(
                  new OutcomeRule("visit", window, window),
                  new OutcomeRule("conversion", window, window)),
              2);
      submit(cluster, configuration, env -> IngestionJob.build(env, ingestion));
      submit(
          cluster,
          configuration,
          env -> ExperimentJob.build(env, new ExperimentJobConfig(access, TOPICS.prefix(), false)));
      try (KafkaSchemaRegistry registry =
              new KafkaSchemaRegistry(client, TOPICS.schemas(), Clock.systemUTC());
          var results =
              new ExperimentResults(client, TOPICS.experimentMetrics(), registry, totals -> {});
          var producer =
              new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
        write(file, new AvroWire(registry), producer);
        Experiment experiment = experiment();
        await()
            .atMost(Duration.ofMinutes(3))
            .until(
                () -> results.of(experiment).filter(HillstromExperimentTest::isWhole).isPresent());
        assertEffects(results.of(experiment).orElseThrow());
      }
    }
  }

  private static void submit(
      MiniCluster cluster, Configuration configuration, Consumer<StreamExecutionEnvironment> job)
      throws Exception {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
    env.setParallelism(1);
    job.accept(env);
    var unused = cluster.submitJob(env.getStreamGraph().getJobGraph()).get();
  }

  private static void write(Path file, AvroWire wire, KafkaProducer<byte[], byte[]> producer)
      throws Exception {
    GenericRecord features = new GenericData.Record(FEATURES);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new XZInputStream(Files.newInputStream(file)), UTF_8))) {
      reader.readLine();
      int row = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        // Some histories have a comma of their own, so that cells are counted from the end.
        String[] cells = line.split(",", -1);
        int end = cells.length;
        features.put("zip", cells[end - 7]);
        String arm = cells[end - 4].replace(' ', '-');
        String id = "mail" + row;
        Instant time = Instant.ofEpochMilli(T + row);
        Served served =
            new Served(
                "none",
                1L,
                0.5f,
                0L,
                List.of(new ServedArm("mail", "customer" + row, arm, 1 / 3.0)),
                null);
        send(
            producer,
            TOPICS.impressions(),
            wire.encode(new Impression(id, time, ByteBuffer.wrap(wire.encode(features)), served)));
        if (cells[end - 3].equals("1")) {
          outcome(producer, wire, id, "visit", time, null);
        }
        if (cells[end - 2].equals("1")) {
          outcome(producer, wire, id, "conversion", time, Double.valueOf(cells[end - 1]));
        }
        row++;
      }
      assertThat(row).isEqualTo(CUSTOMERS);
    }
    byte[] whole = wire.encode(new Progress(Instant.ofEpochMilli(Long.MAX_VALUE)));
    send(producer, TOPICS.impressions(), whole);
    send(producer, TOPICS.clicks(), whole);
    producer.flush();
  }

  private static void outcome(
      KafkaProducer<byte[], byte[]> producer,
      AvroWire wire,
      String id,
      String outcome,
      Instant time,
      @Nullable Double value) {
    send(
        producer,
        TOPICS.clicks(),
        wire.encode(new Outcome(id, outcome, time.plusMillis(1), value, false)));
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(topic, value));
  }

  private static boolean isWhole(ExperimentReadout readout) {
    return readout.metrics().size() == 3
        && readout.metrics().stream()
            .allMatch(
                metric ->
                    metric.levels().stream().mapToLong(ExperimentReadout.Level::units).sum()
                        == CUSTOMERS);
  }

  private static void assertEffects(ExperimentReadout readout) {
    assertThat(readout.mismatch().alarm()).isFalse();
    assertThat(readout.verdict().conclusion()).isEqualTo(Conclusion.BETTER);
    assertThat(readout.verdict().arm()).isEqualTo("Mens-E-Mail");
    List<String> metrics = List.of("visit", "conversion", "spend");
    for (String line : EXPECTED.split("\n", -1)) {
      if (!line.isEmpty()) {
        String[] cells = line.split(",", -1);
        EffectReadout effect =
            readout.metrics().get(metrics.indexOf(cells[1])).effects().stream()
                .filter(one -> one.arm().equals(cells[0]))
                .findFirst()
                .orElseThrow();
        assertEstimate(line, effect.difference(), cells, 2);
        assertEstimate(line, effect.relativeLift(), cells, 5);
      }
    }
  }

  private static void assertEstimate(String line, Estimate estimate, String[] cells, int from) {
    IntervalReadout fixed =
        estimate.intervals().stream()
            .filter(interval -> interval.method().equals("fixed"))
            .findFirst()
            .orElseThrow();
    double[] computed = {number(estimate.value()), number(fixed.lower()), number(fixed.upper())};
    for (int i = 0; i < computed.length; i++) {
      assertThat(computed[i]).as(line).isCloseTo(Double.parseDouble(cells[from + i]), within(1e-8));
    }
  }

  private static double number(@Nullable Double number) {
    return Objects.requireNonNull(number);
  }
}
