package io.millrace.doctor;

import io.millrace.standalone.KafkaClientFile;
import io.millrace.standalone.LogConfig;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.training.TrainingJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** A Kafka that runs elsewhere: whether it answers, and whether its settings lose data. */
final class KafkaCheck {
  private static final String WHAT = "Kafka";
  private static final String PATIENCE_MILLIS = "10000";

  /** Clocks that differ by less say nothing: the newest record may be that young. */
  private static final long CLOCKS_MILLIS = 1000;

  private KafkaCheck() {}

  static List<Finding> look(String bootstrap, LogConfig config, Topics topics) {
    List<Finding> findings = new ArrayList<>();
    Map<String, Object> client =
        new HashMap<>(KafkaClientFile.client(bootstrap, config.clientConfig()));
    client.put("request.timeout.ms", PATIENCE_MILLIS);
    client.put("default.api.timeout.ms", PATIENCE_MILLIS);
    try (Admin admin = Admin.create(client)) {
      Collection<Node> nodes = admin.describeCluster().nodes().get();
      findings.add(brokers(bootstrap, nodes.size(), config.replication()));
      findings.addAll(settings(brokerSettings(admin, nodes.iterator().next()), config));
      Set<String> there = admin.listTopics().names().get();
      if (there.contains(topics.impressions())) {
        findings.add(clocks(newest(admin, topics.impressions()), System.currentTimeMillis()));
      }
      if (there.containsAll(
          List.of(topics.impressions(), topics.clicks(), topics.examples(), topics.rejected()))) {
        TopicAdmin.concerns(client, topics)
            .forEach(concern -> findings.add(Finding.warning("topic", concern)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      findings.add(Finding.problem(WHAT, bootstrap + ": interrupted while it was asked"));
    } catch (ExecutionException e) {
      findings.add(
          Finding.problem(
              WHAT,
              "%s: %s, expected an answer within %d s"
                  .formatted(
                      bootstrap,
                      e.getCause() == null ? e.getMessage() : e.getCause().getMessage(),
                      Long.parseLong(PATIENCE_MILLIS) / 1000)));
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      findings.add(Finding.problem(WHAT, bootstrap + ": " + cause.getMessage()));
    }
    return findings;
  }

  static Finding brokers(String bootstrap, int brokers, int replication) {
    String words = "%s: %d broker%s".formatted(bootstrap, brokers, brokers == 1 ? "" : "s");
    if (brokers < replication) {
      return Finding.problem(
          WHAT, "%s, expected %d for replication %d".formatted(words, replication, replication));
    }
    return brokers > 1 && replication == 1
        ? Finding.warning(
            WHAT,
            words
                + ", but topics are made with one copy: a broker that dies takes its records along;"
                + " expected --replication 3 or so")
        : Finding.ok(WHAT, words);
  }

  /** What a broker's settings lose; all that it says of itself. */
  static List<Finding> settings(Map<String, String> broker, LogConfig config) {
    List<Finding> findings = new ArrayList<>();
    if (broker.getOrDefault("unclean.leader.election.enable", "").equals("true")) {
      findings.add(
          Finding.warning(
              WHAT,
              "unclean.leader.election.enable=true, expected false: acknowledged events are lost when"
                  + " a broker that is behind becomes the leader"));
    }
    if (config.replication() > 1 && broker.getOrDefault("min.insync.replicas", "").equals("1")) {
      findings.add(
          Finding.warning(
              WHAT,
              "min.insync.replicas=1 with replication %d, expected 2: an event that one broker alone"
                      .formatted(config.replication())
                  + " has acknowledged is lost with it"));
    }
    String most = broker.getOrDefault("transaction.max.timeout.ms", "");
    if (most.matches("\\d+") && Long.parseLong(most) < TrainingJob.TRANSACTION_TIMEOUT.toMillis()) {
      findings.add(
          Finding.problem(
              WHAT,
              "transaction.max.timeout.ms=%s, expected at least %d: learners publish in transactions"
                  .formatted(most, TrainingJob.TRANSACTION_TIMEOUT.toMillis())));
    }
    return findings;
  }

  /**
   * Compares the clocks of brokers and of this machine, as far as that shows: no record is newer
   * than now.
   *
   * @param newest when the newest record was stamped, epoch milliseconds; negative without records
   */
  static Finding clocks(long newest, long now) {
    return newest - now > CLOCKS_MILLIS
        ? Finding.warning(
            "clocks",
            "Kafka has stamped a record %d ms after this machine's time, expected none from the future"
                .formatted(newest - now))
        : Finding.ok("clocks", "no record in Kafka is newer than this machine's time");
  }

  private static Map<String, String> brokerSettings(Admin admin, Node broker)
      throws InterruptedException, ExecutionException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker.idString());
    Map<String, String> settings = new HashMap<>();
    Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    if (config != null) {
      for (ConfigEntry entry : config.entries()) {
        if (entry.value() != null) {
          settings.put(entry.name(), entry.value());
        }
      }
    }
    return settings;
  }

  private static long newest(Admin admin, String topic)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (TopicDescription described :
        admin.describeTopics(List.of(topic)).allTopicNames().get().values()) {
      described
          .partitions()
          .forEach(
              partition ->
                  asked.put(
                      new TopicPartition(topic, partition.partition()), OffsetSpec.maxTimestamp()));
    }
    return admin.listOffsets(asked).all().get().values().stream()
        .mapToLong(result -> result.timestamp())
        .max()
        .orElse(-1);
  }
}
