package io.millrace.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates a platform's topics.
 *
 * <table>
 *   <caption>Configuration per topic</caption>
 *   <tr><th>topic</th><th>partitions</th><th>cleanup</th><th>largest record</th></tr>
 *   <tr><td>schemas, deployments, experiments</td><td>1</td><td>compact</td><td>16 MiB</td></tr>
 *   <tr><td>impressions, clicks, examples</td><td>given</td><td>delete</td><td>16 MiB</td></tr>
 *   <tr><td>rejected</td><td>given</td><td>delete</td><td>32 MiB: holds a whole event and more</td>
 *   <tr><td>ingestion-counts, experiment-metrics</td><td>1</td><td>compact</td><td>16 MiB</td></tr>
 *   <tr><td>parameters of a model</td><td>1: a version is one sequence</td><td>compact</td>
 *       <td>16 MiB</td></tr>
 *   <tr><td>learner-metrics of a model</td><td>1: its transactions are those of the parameters</td>
 *       <td>compact</td><td>16 MiB</td></tr>
 * </table>
 *
 * Compacted topics keep at least a minute's records uncompacted ({@code min.compaction.lag.ms}), so
 * that a server which is behind by less than that finds every record of a publish. Their segments
 * are small, because the newest segment is never compacted and a rebuild reads all of it. Streams
 * are kept for the broker's retention time.
 *
 * <p>Every topic is stamped by the broker ({@code message.timestamp.type=LogAppendTime}): replays
 * carry event times of any age, and neither retention nor compaction lag may depend on those.
 */
public final class TopicAdmin {
  private static final String EVENT_BYTES = String.valueOf(16 << 20);
  private static final String REJECTED_BYTES = String.valueOf(32 << 20);
  private static final String TABLE_SEGMENT_BYTES = String.valueOf(64 << 20);
  private static final String COMPACTION_LAG_MILLIS = "60000";

  private static final Duration LEADERS_WITHIN = Duration.ofSeconds(30);

  private TopicAdmin() {}

  /**
   * Creates the topics that are not there yet, leaves those that are as they are, and returns once
   * every partition has a leader: a client may use them at once.
   *
   * @param adminConfig {@code bootstrap.servers} and what else the client needs
   * @param models whose {@code parameters} topics are created
   * @param partitions of the topics that may have several, at least 1
   * @param replication copies of each partition, at least 1
   * @return the names of the topics created now, sorted
   * @throws IllegalStateException if Kafka refuses for another reason than that a topic exists, or
   *     the partitions have no leaders within 30 seconds
   */
  public static List<String> create(
      Map<String, Object> adminConfig,
      Topics topics,
      List<String> models,
      int partitions,
      int replication) {
    return create(adminConfig, definitions(topics, models, partitions, replication));
  }

  /**
   * Creates the topic of a registry that runs without a platform, as {@link #create} would.
   *
   * @param replication copies of the partition, at least 1
   */
  public static void createSchemas(
      Map<String, Object> adminConfig, Topics topics, int replication) {
    create(adminConfig, List.of(definitions(topics, List.of(), 1, replication).get(0)));
  }

  /**
   * Creates the topics of one model, as {@link #create} would.
   *
   * @param replication copies of each partition, at least 1
   */
  public static void createModel(
      Map<String, Object> adminConfig, Topics topics, String model, int replication) {
    create(adminConfig, ofModel(topics, model, (short) replication));
  }

  /**
   * Deletes the topics of a model that is gone; those that are gone already are no error.
   *
   * @throws IllegalStateException if Kafka refuses
   */
  public static void deleteModel(Map<String, Object> adminConfig, Topics topics, String model) {
    try (Admin admin = Admin.create(new HashMap<>(adminConfig))) {
      for (var deletion : admin.deleteTopics(topics.ofModel(model)).topicNameValues().entrySet()) {
        try {
          deletion.getValue().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw new IllegalStateException(
                "cannot delete topic " + deletion.getKey(), e.getCause());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while deleting topics", e);
    }
  }

  /**
   * Sets how long the streams are kept: impressions, clicks, examples and rejected events.
   *
   * @throws IllegalStateException if Kafka refuses
   */
  public static void keepStreams(
      Map<String, Object> adminConfig, Topics topics, Duration retention) {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (String topic : streams(topics)) {
      changes.put(
          new ConfigResource(ConfigResource.Type.TOPIC, topic),
          List.of(
              new AlterConfigOp(
                  new ConfigEntry("retention.ms", String.valueOf(retention.toMillis())),
                  AlterConfigOp.OpType.SET)));
    }
    try (Admin admin = Admin.create(new HashMap<>(adminConfig))) {
      admin.incrementalAlterConfigs(changes).all().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while setting the retention of topics", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot set the retention of topics", e.getCause());
    }
  }

  /**
   * What in the topics' configuration, if others made or changed them, works against the platform:
   * one sentence each, empty if nothing does.
   */
  public static List<String> concerns(Map<String, Object> adminConfig, Topics topics) {
    List<String> concerns = new ArrayList<>();
    List<ConfigResource> resources =
        streams(topics).stream()
            .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
            .toList();
    try (Admin admin = Admin.create(new HashMap<>(adminConfig))) {
      Map<ConfigResource, Config> configs = admin.describeConfigs(resources).all().get();
      for (ConfigResource resource : resources) {
        Config config = configs.get(resource);
        if (config != null) {
          concerns(resource.name(), config, topics, concerns);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking at topics", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot look at the topics' configuration", e.getCause());
    }
    return concerns;
  }

  /** The size in bytes of the largest record batch that a topic takes. */
  public static int largestRecord(Map<String, Object> adminConfig, String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(new HashMap<>(adminConfig))) {
      Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      return Integer.parseInt(config == null ? EVENT_BYTES : value(config, "max.message.bytes"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking at topic " + topic, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot look at topic " + topic, e.getCause());
    }
  }

  private static void concerns(String topic, Config config, Topics topics, List<String> concerns) {
    String cleanup = value(config, "cleanup.policy");
    if (cleanup.contains("compact")) {
      concerns.add(
          "topic %s: cleanup.policy=%s, expected delete: events with a key that comes again are lost"
              .formatted(topic, cleanup));
    }
    String stamp = value(config, "message.timestamp.type");
    boolean events = topic.equals(topics.impressions()) || topic.equals(topics.clicks());
    if (events && !stamp.equals("LogAppendTime")) {
      concerns.add(
          "topic %s: message.timestamp.type=%s, expected LogAppendTime: a producer whose clock is ahead closes label windows early"
              .formatted(topic, stamp));
    }
    long largest = Long.parseLong(value(config, "max.message.bytes"));
    if (topic.equals(topics.rejected()) && largest < Long.parseLong(REJECTED_BYTES)) {
      concerns.add(
          "topic %s: max.message.bytes=%d, expected %s: a larger rejected event is kept without its bytes"
              .formatted(topic, largest, REJECTED_BYTES));
    }
  }

  private static String value(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry == null || entry.value() == null ? "" : entry.value();
  }

  private static List<String> streams(Topics topics) {
    return List.of(topics.impressions(), topics.clicks(), topics.examples(), topics.rejected());
  }

  private static List<String> create(Map<String, Object> adminConfig, List<NewTopic> wanted) {
    List<String> created = new ArrayList<>();
    try (Admin admin = Admin.create(new HashMap<>(adminConfig))) {
      for (var result : admin.createTopics(wanted).values().entrySet()) {
        try {
          result.getValue().get();
          created.add(result.getKey());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw new IllegalStateException("cannot create topic " + result.getKey(), e.getCause());
          }
        }
      }
      awaitLeaders(admin, wanted.stream().map(NewTopic::name).toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topics", e);
    }
    created.sort(null);
    return created;
  }

  /** A broker may confirm a topic before it answers questions about it. */
  private static void awaitLeaders(Admin admin, List<String> names) throws InterruptedException {
    long deadline = System.nanoTime() + LEADERS_WITHIN.toNanos();
    while (true) {
      try {
        boolean led =
            admin.describeTopics(names).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> partition.leader() != null);
        if (led) {
          return;
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException)) {
          throw new IllegalStateException("cannot describe topics " + names, e.getCause());
        }
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "topics " + names + ": not all have leaders, expected them within " + LEADERS_WITHIN);
      }
      Thread.sleep(20);
    }
  }

  /** What {@link #create} creates. */
  static List<NewTopic> definitions(
      Topics topics, List<String> models, int partitions, int replication) {
    if (partitions < 1 || replication < 1 || replication > Short.MAX_VALUE) {
      throw new IllegalArgumentException(
          "partitions: " + partitions + ", replication: " + replication + ", expected at least 1");
    }
    short copies = (short) replication;
    List<NewTopic> all = new ArrayList<>();
    all.add(new NewTopic(topics.schemas(), 1, copies).configs(table()));
    all.add(new NewTopic(topics.deployments(), 1, copies).configs(table()));
    all.add(new NewTopic(topics.experiments(), 1, copies).configs(table()));
    for (String topic : List.of(topics.impressions(), topics.clicks(), topics.examples())) {
      all.add(new NewTopic(topic, partitions, copies).configs(stream(EVENT_BYTES)));
    }
    all.add(new NewTopic(topics.rejected(), partitions, copies).configs(stream(REJECTED_BYTES)));
    all.add(new NewTopic(topics.ingestionCounts(), 1, copies).configs(table()));
    all.add(new NewTopic(topics.experimentMetrics(), 1, copies).configs(table()));
    for (String model : models) {
      all.addAll(ofModel(topics, model, copies));
    }
    return all;
  }

  private static List<NewTopic> ofModel(Topics topics, String model, short copies) {
    return topics.ofModel(model).stream()
        .map(topic -> new NewTopic(topic, 1, copies).configs(table()))
        .toList();
  }

  private static Map<String, String> stream(String maxBytes) {
    return Map.of(
        "cleanup.policy", "delete",
        "message.timestamp.type", "LogAppendTime",
        "max.message.bytes", maxBytes);
  }

  private static Map<String, String> table() {
    return Map.of(
        "cleanup.policy", "compact",
        "message.timestamp.type", "LogAppendTime",
        "segment.bytes", TABLE_SEGMENT_BYTES,
        "max.message.bytes", EVENT_BYTES,
        "min.compaction.lag.ms", COMPACTION_LAG_MILLIS);
  }
}
