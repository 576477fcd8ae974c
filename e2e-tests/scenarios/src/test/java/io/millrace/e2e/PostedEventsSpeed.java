package io.millrace.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.SampleFeatures;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How many impressions a second get into Kafka over HTTP in bulk, and by a producer of one's own
 * that makes Avro of the same values; in turn, until all are acknowledged.
 *
 * <p>Arguments: impressions a round (default 20,000), rounds (default 7), events a request (default
 * 1,000).
 */
final class PostedEventsSpeed {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SENDERS = 4;

  private PostedEventsSpeed() {}

  public static void main(String[] args) throws Exception {
    int impressions = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 7;
    int batch = args.length > 2 ? Integer.parseInt(args[2]) : 1_000;
    Path folder = Files.createTempDirectory("posted-speed");
    try (LivePlatform platform =
        new LivePlatform(folder, "1g", "--model", "lr", "--attribution-window", "10s")) {
      platform.start();
      double[] http = new double[rounds];
      double[] kafka = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        http[round] = impressions / overHttp(platform, "h" + round, impressions, batch);
        kafka[round] = impressions / byKafka(platform, "k" + round, impressions);
        System.out.printf(
            "round %d: http %.0f/s, kafka %.0f/s%n", round, http[round], kafka[round]);
      }
      System.out.printf(
          "median: http %.0f/s, kafka %.0f/s, ratio %.2f%n",
          median(http), median(kafka), median(http) / median(kafka));
    }
    System.exit(0);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double overHttp(LivePlatform platform, String name, int impressions, int batch)
      throws Exception {
    List<String> bodies = new ArrayList<>();
    long now = System.currentTimeMillis();
    for (int from = 0; from < impressions; from += batch) {
      ObjectNode body = JSON.createObjectNode();
      ArrayNode events = body.putArray("events");
      for (int i = from; i < Math.min(impressions, from + batch); i++) {
        ObjectNode event =
            events
                .addObject()
                .put("type", "impression")
                .put("impressionId", name + "-" + i)
                .put("time", now);
        event.set("features", JSON.valueToTree(SampleFeatures.of(Scenario.SCHEMA, i % 1000)));
      }
      bodies.add(body.toString());
    }
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    long start = System.nanoTime();
    List<Future<Api.Answer>> answers = new ArrayList<>();
    for (String body : bodies) {
      answers.add(senders.submit(() -> platform.api().post("/v1/events", body)));
    }
    for (Future<Api.Answer> answer : answers) {
      if (answer.get().status() != 200) {
        throw new IllegalStateException(answer.get().toString());
      }
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    senders.shutdown();
    return seconds;
  }

  private static double byKafka(LivePlatform platform, String name, int impressions) {
    Map<String, Object> config = new HashMap<>(platform.client());
    config.put("acks", "all");
    config.put("linger.ms", 5);
    config.put("batch.size", 131_072);
    try (KafkaSchemaRegistry registry =
            new KafkaSchemaRegistry(
                platform.client(), Topics.DEFAULT.schemas(), Clock.systemUTC());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      AvroWire wire = new AvroWire(registry);
      String id = Scenario.SCHEMA.idField().orElseThrow();
      String time = Scenario.SCHEMA.timeField().orElseThrow();
      long now = System.currentTimeMillis();
      List<Map<String, Object>> all = new ArrayList<>();
      for (int i = 0; i < impressions; i++) {
        Map<String, Object> values = new HashMap<>(SampleFeatures.of(Scenario.SCHEMA, i % 1000));
        values.put(id, name + "-" + i);
        values.put(time, now);
        all.add(values);
      }
      long start = System.nanoTime();
      for (Map<String, Object> values : all) {
        byte[] value = wire.encode(FeatureRecords.fromMap(Scenario.SCHEMA, values));
        byte[] key = String.valueOf(values.get(id)).getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(new ProducerRecord<>(Topics.DEFAULT.impressions(), key, value));
      }
      producer.flush();
      return (System.nanoTime() - start) * 1e-9;
    }
  }
}
