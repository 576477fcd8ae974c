package io.millrace.standalone;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.LiveModel;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.job.IngestionJob;
import io.millrace.ingestion.job.IngestionJobConfig;
import io.millrace.learner.ModelConfig;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.registry.SchemaRegistry;
import io.millrace.serving.MillraceServer;
import io.millrace.serving.ServerConfig;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.training.TrainingJob;
import io.millrace.training.TrainingJobConfig;
import io.millrace.wire.RejectionReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running platform: broker, topics, registry, jobs, server; started in this order. */
public final class Platform implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Platform.class);

  /** Reasons for which an impression, rather than a click, is refused. */
  private static final Set<RejectionReason> REFUSALS =
      EnumSet.complementOf(
          EnumSet.of(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION, RejectionReason.LATE_CLICK));

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Topics topics = Topics.DEFAULT;
  private final EmbeddedKafka kafka;
  private final SchemaRegistry registry;
  private final EmbeddedFlink flink;
  private final MillraceServer server;

  /**
   * Starts a platform on a data directory, going on where the last one ended.
   *
   * @throws UserError if the port is in use
   */
  public static Platform start(DataDirectory directory, PlatformConfig config) {
    checkPort(config.port());
    return new Platform(directory, config);
  }

  private Platform(DataDirectory directory, PlatformConfig config) {
    try {
      kafka =
          opened(
              new EmbeddedKafka(
                      directory.kafka(),
                      directory.fixed("cluster.id", EmbeddedKafka.newClusterId()))
                  .start());
      List<String> models = config.models().stream().map(ModelConfig::name).toList();
      TopicAdmin.create(client(), topics, models, 1, 1);
      registry = opened(new KafkaSchemaRegistry(client(), topics.schemas(), Clock.systemUTC()));
      for (FeatureSchema schema : config.schemas()) {
        registry.register(schema.name(), schema.avro());
      }
      flink =
          opened(
              new EmbeddedFlink(
                  directory.checkpoints(),
                  directory.tmp(),
                  1 + models.size(),
                  config.checkpointInterval()));
      flink.submit("ingestion", env -> IngestionJob.build(env, ingestion(config)));
      for (ModelConfig model : config.models()) {
        TrainingJobConfig training =
            new TrainingJobConfig(
                kafka.bootstrapServers(),
                topics.prefix(),
                model.toJson(),
                config.publishInterval().toMillis(),
                config.segmentExamples(),
                config.starts().containsKey(model.name())
                    ? config.starts().get(model.name()).toAbsolutePath().toString()
                    : null);
        flink.submit("training-" + model.name(), env -> TrainingJob.build(env, training));
      }
      server =
          opened(
              MillraceServer.start(
                  ServerConfig.local(
                          config.port(), client(), topics, models, directory.views(), registry)
                      .withWarmUp(config.warmUp())
                      .withExtraStatus(config.extraStatus())));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private <C extends AutoCloseable> C opened(C part) {
    parts.push(part);
    return part;
  }

  private IngestionJobConfig ingestion(PlatformConfig config) {
    return config.emission() == LabelEmission.ON_WINDOW_END
        ? IngestionJobConfig.replay(
            kafka.bootstrapServers(),
            topics,
            config.attributionWindow(),
            config.allowedLateness(),
            2)
        : IngestionJobConfig.live(
            kafka.bootstrapServers(), topics, config.attributionWindow(), config.allowedLateness());
  }

  private static void checkPort(int port) {
    if (port == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      LOG.debug("port {} is free", socket.getLocalPort());
    } catch (IOException e) {
      throw new UserError(
          "port %d is in use, expected a free one; choose another with --port".formatted(port));
    }
  }

  /** Properties for Kafka clients of this platform. */
  public Map<String, Object> client() {
    return kafka.client();
  }

  public Topics topics() {
    return topics;
  }

  public SchemaRegistry registry() {
    return registry;
  }

  /** The server's address. */
  public URI server() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** The version of a model that is served, or empty before the first. */
  public Optional<ModelSnapshot> snapshot(String model) {
    return server.snapshot(model);
  }

  /** The models that have a version, as they are now. */
  public List<LiveModel> liveModels() {
    return server.liveModels();
  }

  /** How soon clicks have changed a model since this platform started. */
  public Freshness.Summary freshness(String model) {
    return server.freshness(model);
  }

  /** Impressions that the ingestion job has refused. */
  public long rejectedImpressions() {
    return REFUSALS.stream().mapToLong(reason -> server.ingestionCount(reason.code())).sum();
  }

  /** Why a job has stopped for good, or empty while all run. */
  public Optional<String> failure() {
    return flink.failure();
  }

  /** Stops the parts in reverse order; what they hold stays in the data directory. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{} did not stop cleanly: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
