package io.millrace.training;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.Example;
import io.millrace.event.LearnerMetrics;
import io.millrace.event.Progress;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.topic.KafkaAccess;
import io.millrace.topic.NewestRecord;
import io.millrace.wire.AvroWire;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Measures the training job alone: 500,000 examples like MovieLens ratings are in Kafka before it
 * starts, and it publishes every 200 ms. Says how long it took from the first version that had
 * learned anything to the last, and how much of that the task's own thread worked. A first run
 * warms up the JVM. Argument: lr, fm or autoint.
 */
public final class TrainingThroughput {
  private static final int EXAMPLES = 500_000;

  private TrainingThroughput() {}

  /** Runs three times. */
  public static void main(String[] args) throws Exception {
    ModelKind kind =
        ModelKind.valueOf((args.length == 0 ? "lr" : args[0]).toUpperCase(Locale.ROOT));
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.MOVIELENS_STREAM);
    for (int run = 0; run < 3; run++) {
      Path directory = Files.createTempDirectory("training-throughput");
      ModelConfig config = ModelConfig.defaults(kind, "model", schema);
      try (EmbeddedKafka kafka =
              new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
          TestTopics topics = new TestTopics(kafka, "", 1, config.name());
          TestCluster cluster =
              new TestCluster(directory.resolve("checkpoints"), Duration.ofSeconds(5));
          NewestRecord<LearnerMetrics> metrics = topics.metrics(config.name())) {
        fill(topics, schema);
        TrainingJobConfig job =
            new TrainingJobConfig(
                KafkaAccess.of(kafka.client()), "", config.toJson(), 200, 100_000);
        var unused = cluster.submit(job);
        measure(metrics, run);
      }
    }
    System.exit(0);
  }

  private static void fill(TestTopics topics, FeatureSchema schema) {
    topics.registry.register(schema.name(), schema.avro());
    AvroWire wire = new AvroWire(topics.registry);
    Random random = new Random(1);
    for (int i = 0; i < EXAMPLES; i++) {
      String id = "movielens-" + i;
      GenericRecord record = new GenericData.Record(schema.avro());
      record.put("impression_id", id);
      record.put("event_time", TestExamples.T + i);
      record.put("user", String.valueOf(random.nextInt(6040)));
      record.put("item", String.valueOf(random.nextInt(3700)));
      record.put("gender", random.nextBoolean() ? "F" : "M");
      record.put("age", String.valueOf(random.nextInt(60)));
      record.put("occ", String.valueOf(random.nextInt(20)));
      record.put("zip", String.valueOf(10_000 + random.nextInt(80_000)));
      record.put("genres", List.of("Action", "Comedy", "Drama").subList(0, 1 + random.nextInt(3)));
      record.put("year", String.valueOf(1940 + random.nextInt(60)));
      int label = random.nextInt(2);
      topics.write(
          wire.encode(
              Example.newBuilder()
                  .setExampleId(id)
                  .setEventTime(Instant.ofEpochMilli(TestExamples.T + i))
                  .setLabel(label)
                  .setClickWrittenTime(label == 1 ? TestExamples.T + i : 0)
                  .setFeatures(ByteBuffer.wrap(wire.encode(record)))
                  .build()));
    }
    topics.write(
        wire.encode(
            Progress.newBuilder().setEventTime(Instant.ofEpochMilli(Long.MAX_VALUE)).build()));
    topics.flush();
  }

  private static void measure(NewestRecord<LearnerMetrics> metrics, int run) throws Exception {
    long first = 0;
    long start = 0;
    long learned = 0;
    while (learned < EXAMPLES) {
      Thread.sleep(5);
      learned = metrics.newest().map(m -> m.getCounts().getLearned()).orElse(0L);
      if (learned > 0 && start == 0) {
        first = learned;
        start = System.nanoTime();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "run %d: %,.0f examples/s from log to metrics by the wall clock; task thread %.2f s of cpu ="
            + " %,.0f/s%n",
        run, (EXAMPLES - first) / seconds, taskSeconds(), EXAMPLES / taskSeconds());
  }

  private static double taskSeconds() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (info != null && info.getThreadName().startsWith("Source: examples")) {
        nanos += Math.max(0, threads.getThreadCpuTime(info.getThreadId()));
      }
    }
    return nanos / 1e9;
  }
}
