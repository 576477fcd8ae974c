package io.millrace.standalone;

import io.millrace.feature.FeatureSchema;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.job.IngestionJob;
import io.millrace.ingestion.job.IngestionJobConfig;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.PublishedModels;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterView;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.registry.SchemaRegistry;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.training.TrainingJob;
import io.millrace.training.TrainingJobConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running platform: broker, topics, registry, jobs, server; started in this order. */
public final class Platform implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Platform.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Topics topics = Topics.DEFAULT;
  private final EmbeddedKafka kafka;
  private final SchemaRegistry registry;
  private final EmbeddedFlink flink;
  private final Map<String, ParameterView> views = new HashMap<>();

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
                  directory.kafka(), directory.fixed("cluster.id", EmbeddedKafka.newClusterId())));
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
                config.segmentExamples());
        flink.submit("training-" + model.name(), env -> TrainingJob.build(env, training));
      }
      for (ModelConfig model : config.models()) {
        views.put(
            model.name(),
            opened(
                new ParameterView(
                    ParameterViewConfig.of(
                        model.name(),
                        topics.parameters(model.name()),
                        client(),
                        directory.views().resolve(model.name())),
                    () -> registry,
                    new PublishedModels(),
                    Clock.systemUTC())));
      }
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
    return Map.of("bootstrap.servers", kafka.bootstrapServers());
  }

  public Topics topics() {
    return topics;
  }

  public SchemaRegistry registry() {
    return registry;
  }

  /** The version of a model that is served, or empty before the first. */
  public Optional<ModelSnapshot> snapshot(String model) {
    return view(model).current();
  }

  /** How soon clicks have changed a model since this platform started. */
  public Freshness.Summary freshness(String model) {
    return view(model).freshness();
  }

  private ParameterView view(String model) {
    ParameterView view = views.get(model);
    if (view == null) {
      throw new IllegalArgumentException(
          "model '" + model + "', expected one of " + views.keySet());
    }
    return view;
  }

  /** Impressions that the ingestion job refused. */
  public long rejectedImpressions() {
    return 0;
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
