package io.millrace.standalone;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.deployment.Deployment;
import io.millrace.deployment.DeploymentLog;
import io.millrace.deployment.DeploymentView;
import io.millrace.deployment.Origin;
import io.millrace.event.Click;
import io.millrace.event.Impression;
import io.millrace.event.Outcome;
import io.millrace.experiment.ExperimentLog;
import io.millrace.experiment.job.ExperimentJob;
import io.millrace.experiment.job.ExperimentJobConfig;
import io.millrace.feature.FeatureChange;
import io.millrace.feature.FeatureCompatibility;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.LiveModel;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.ingestion.job.IngestionJob;
import io.millrace.ingestion.job.IngestionJobConfig;
import io.millrace.metrics.LearnerFigures;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.serving.http.MillraceServer;
import io.millrace.serving.http.Part;
import io.millrace.serving.http.ServerConfig;
import io.millrace.serving.http.ServerWiring;
import io.millrace.topic.KafkaAccess;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.training.TrainingJob;
import io.millrace.training.TrainingJobConfig;
import io.millrace.wire.RejectionReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running platform: broker, topics, registry, jobs, server; started in this order. */
public final class Platform implements AutoCloseable {
  /** Producers find these schemas registered under the full names of their records. */
  private static final List<Schema> WRITTEN_BY_PRODUCERS =
      List.of(Impression.getClassSchema(), Click.getClassSchema(), Outcome.getClassSchema());

  private static final Logger LOG = LoggerFactory.getLogger(Platform.class);

  /** Reasons for which an impression, rather than an outcome, is refused. */
  private static final Set<RejectionReason> REFUSALS =
      EnumSet.complementOf(
          EnumSet.of(
              RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION,
              RejectionReason.LATE_CLICK,
              RejectionReason.OUTCOME_FOR_UNKNOWN_IMPRESSION,
              RejectionReason.LATE_OUTCOME,
              RejectionReason.UNKNOWN_OUTCOME));

  /** What an example, or a rejected event, may have beyond the event that it holds. */
  private static final int EVENT_ENVELOPE_BYTES = 64 << 10;

  /** What a record batch has beyond its one record. */
  private static final int RECORD_ENVELOPE_BYTES = 4096;

  /** How long a change of deployments or experiments waits for Kafka. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Hosts that stand for all addresses of this machine. */
  private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::");

  private static final String INGESTION = "ingestion";
  private static final String EXPERIMENTS = "experiments";

  /** Jobs that run whatever models there are. */
  private static final int FIXED_JOBS = 2;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Topics topics = Topics.DEFAULT;
  private final Path root;
  private final String host;
  private final Map<String, Object> client;
  private final DiskWatch diskWatch = new DiskWatch();
  private final PartsWatch watch;
  private final SchemaRegistry registry;
  private final EmbeddedFlink flink;
  private final DeploymentLog deployments;
  private final ModelController controller;
  private final MillraceServer server;

  /**
   * Starts a platform on a data directory, going on where the last one ended.
   *
   * @throws UserError if the port is in use
   */
  public static Platform start(DataDirectory directory, PlatformConfig config) {
    checkPort(config.settings().server().port(), "--port");
    return new Platform(directory, config);
  }

  private Platform(DataDirectory directory, PlatformConfig config) {
    this.root = directory.root();
    this.host = config.settings().server().host();
    PlatformSettings settings = config.settings();
    JobSettings jobs = settings.jobs();
    try {
      client = openLog(directory, settings.kafka());
      createTopics(settings.kafka());
      registry = opened(new KafkaSchemaRegistry(client(), topics.schemas(), Clock.systemUTC()));
      for (FeatureSchema schema : config.schemas()) {
        checkFollows(schema);
        registry.register(schema.name(), schema.avro());
      }
      for (Schema contract : WRITTEN_BY_PRODUCERS) {
        registry.register(contract.getFullName(), contract);
      }
      deployments =
          opened(
              DeploymentLog.onKafka(client(), topics.deployments(), Clock.systemUTC(), PATIENCE));
      FirstModels.in(deployments, config.models(), Clock.systemUTC())
          .forEach(note -> System.err.println("millrace: " + note));
      ExperimentLog experiments =
          opened(
              ExperimentLog.onKafka(client(), topics.experiments(), Clock.systemUTC(), PATIENCE));
      int learners =
          (int) deployments.view().present().stream().filter(d -> d.state().learns()).count();
      flink =
          opened(
              new EmbeddedFlink(
                  directory.checkpoints(),
                  directory.tmp(),
                  FIXED_JOBS + Math.max(1, learners),
                  jobs.checkpointInterval(),
                  FlinkCredentials.of(directory)));
      watch = opened(new PartsWatch(this::look, System.err, Clock.systemUTC()));
      flink.submit(INGESTION, env -> IngestionJob.build(env, ingestion(config)));
      controller =
          opened(
              new ModelController(
                  deployments,
                  flink,
                  model -> env -> TrainingJob.build(env, training(model, settings)),
                  topicsOfModels(settings.kafka()),
                  directory.checkpoints().resolve("cuts")));
      controller.start();
      watch.start();
      server =
          opened(
              MillraceServer.start(
                  new ServerConfig(
                      settings.server(),
                      deployments.view().present().stream().map(Deployment::name).toList(),
                      settings.compute().engine(),
                      ServerWiring.of(client(), topics, directory.views(), registry)
                          .withOutcomes(outcomes(config))
                          .withDeployments(Optional.of(deployments))
                          .withExperiments(Optional.of(experiments))
                          .withObjection(config::objection)
                          .withParts(watch::parts)
                          .withExtraStatus(config.extraStatus()))));
      if (config.emission() != LabelEmission.ON_WINDOW_END) { // a file is in no experiment
        flink.submit(EXPERIMENTS, env -> ExperimentJob.build(env, experiments(settings)));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private TrainingJobConfig training(Deployment model, PlatformSettings settings) {
    Origin origin = model.origin();
    return new TrainingJobConfig(
        kafka(),
        topics.prefix(),
        model.config().toJson(),
        settings.jobs().publishInterval().toMillis(),
        settings.jobs().segmentExamples(),
        origin instanceof Origin.Trained trained ? trained.path() : null,
        origin instanceof Origin.CloneOf clone ? clone.source() : null,
        settings.kafka().acceptLostEvents(),
        settings.compute(),
        settings.jobs().guard());
  }

  private ExperimentJobConfig experiments(PlatformSettings settings) {
    return new ExperimentJobConfig(kafka(), topics.prefix(), settings.kafka().acceptLostEvents());
  }

  private ModelController.ModelTopics topicsOfModels(LogConfig log) {
    return new ModelController.ModelTopics() {
      @Override
      public void create(String model) {
        TopicAdmin.createModel(client(), topics, model, log.replication());
      }

      @Override
      public void delete(String model) {
        TopicAdmin.deleteModel(client(), topics, model);
      }
    };
  }

  private static Set<String> outcomes(PlatformConfig config) {
    return config.outcomes().stream().map(OutcomeRule::name).collect(Collectors.toSet());
  }

  /** Starts a broker here, or takes the one that the configuration names. */
  private Map<String, Object> openLog(DataDirectory directory, LogConfig log) {
    if (log.bootstrap() != null) {
      return KafkaClientFile.client(log.bootstrap(), log.clientConfig());
    }
    int port = kafkaPort(directory, log.port());
    BrokerDeath.tellOn(System.err, directory.root());
    EmbeddedKafka kafka =
        opened(
            new EmbeddedKafka(
                    directory.kafka(),
                    directory.fixed("cluster.id", EmbeddedKafka.newClusterId()),
                    Map.of(),
                    port)
                .start());
    return kafka.client();
  }

  /** The same at each start, so that producers find it again. */
  private static int kafkaPort(DataDirectory directory, int wanted) {
    if (wanted != 0) {
      checkPort(wanted, "--kafka-port");
      directory.fix("kafka.port", String.valueOf(wanted));
      return wanted;
    }
    int port = Integer.parseInt(directory.fixed("kafka.port", String.valueOf(freePort())));
    checkPort(port, "--kafka-port");
    return port;
  }

  /** Below the ports that systems give to outgoing connections, so that it stays free. */
  private static int freePort() {
    Random random = new Random();
    for (int tries = 0; tries < 100; tries++) {
      int port = 20_000 + random.nextInt(10_000);
      if (isFree(port)) {
        return port;
      }
    }
    throw new UserError("no free port between 20000 and 29999, expected one for Kafka");
  }

  /** A new version must be one that models which learned from the one before can go on with. */
  private void checkFollows(FeatureSchema schema) {
    SchemaRegistry.RegisteredSchema latest = registry.latest(schema.name()).orElse(null);
    if (latest == null || !FeatureSchema.isFeatureSchema(latest.schema()) || isRegistered(schema)) {
      return;
    }
    for (FeatureChange change :
        FeatureCompatibility.compare(FeatureSchema.parse(latest.schema()), schema)) {
      if (!change.compatible()) {
        throw new UserError(
            "schema %s cannot follow its version %d in the registry: %s: %s; change that, give the schema another name, or use another data directory"
                .formatted(schema.name(), latest.version(), change.feature(), change.reason()));
      }
    }
  }

  private boolean isRegistered(FeatureSchema schema) {
    int absent = 0;
    for (int id = 1; absent < 10; id++) {
      SchemaRegistry.RegisteredSchema known = registry.byId(id).orElse(null);
      if (known == null) {
        absent++;
      } else if (known.subject().equals(schema.name()) && known.schema().equals(schema.avro())) {
        return true;
      }
    }
    return false;
  }

  private void createTopics(LogConfig log) {
    try {
      var unused = TopicAdmin.create(client(), topics, List.of(), 1, log.replication());
      if (log.retention() != null) {
        TopicAdmin.keepStreams(client(), topics, log.retention());
      }
      for (String concern : TopicAdmin.concerns(client(), topics)) {
        System.err.println("millrace: " + concern);
      }
    } catch (RuntimeException e) {
      if (log.bootstrap() == null) {
        throw e;
      }
      throw new UserError(
          "cannot use Kafka at %s: %s"
              .formatted(log.bootstrap(), e.getCause() == null ? e : e.getCause()));
    }
  }

  private List<Part> look(Instant now) {
    List<Part> parts = new ArrayList<>();
    for (Part part : flink.look(now)) {
      parts.add(isVital(part) ? part : part.secondary());
    }
    parts.addAll(controller.failures());
    diskWatch.look(root, now).ifPresent(parts::add);
    return parts;
  }

  /**
   * What ends the platform when it fails: a model that no alias means does not, nor do the
   * statistics of experiments.
   */
  private boolean isVital(Part job) {
    if (job.name().equals("Job " + EXPERIMENTS)) {
      return false;
    }
    DeploymentView view = deployments.view();
    return view.models().keySet().stream()
        .filter(model -> job.name().equals("Job " + ModelController.job(model)))
        .allMatch(model -> !view.aliasesOf(model).isEmpty());
  }

  private <C extends AutoCloseable> C opened(C part) {
    parts.push(part);
    return part;
  }

  private IngestionJobConfig ingestion(PlatformConfig config) {
    int rejected = TopicAdmin.largestRecord(client(), topics.rejected());
    int examples = TopicAdmin.largestRecord(client(), topics.examples());
    IngestionJobConfig job =
        job(config)
            .within(
                Math.min(examples, rejected) - EVENT_ENVELOPE_BYTES,
                rejected - RECORD_ENVELOPE_BYTES);
    return config.settings().kafka().acceptLostEvents() ? job.acceptingLostEvents() : job;
  }

  private IngestionJobConfig job(PlatformConfig config) {
    return config.emission() == LabelEmission.ON_WINDOW_END
        ? IngestionJobConfig.replay(kafka(), topics, config.outcomes(), 2)
        : IngestionJobConfig.live(kafka(), topics, config.outcomes());
  }

  private static void checkPort(int port, String option) {
    if (port != 0 && !isFree(port)) {
      throw new UserError(
          "port %d is in use, expected a free one; choose another with %s".formatted(port, option));
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // A connection that was just closed does not keep a listener from its port.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Properties for Kafka clients of this platform. */
  public Map<String, Object> client() {
    return new HashMap<>(client);
  }

  private KafkaAccess kafka() {
    return KafkaAccess.of(client);
  }

  public Topics topics() {
    return topics;
  }

  public SchemaRegistry registry() {
    return registry;
  }

  /** The server's address. */
  public URI server() {
    String reached = ANY_ADDRESS.contains(host) ? "127.0.0.1" : host;
    return URI.create(
        "http://%s:%d"
            .formatted(reached.contains(":") ? "[" + reached + "]" : reached, server.port()));
  }

  /** What {@code GET /v1/status} of the server answers: JSON. */
  public byte[] status() {
    return server.status();
  }

  /** The version of a model that is served, or empty before the first. */
  public Optional<ModelSnapshot> snapshot(String model) {
    return server.snapshot(model);
  }

  /** The models that have a version, as they are now. */
  public List<LiveModel> liveModels() {
    return server.liveModels();
  }

  /** What a model's learner said of itself last, or empty before it has published. */
  public Optional<LearnerFigures> figures(String model) {
    return server.figures(model);
  }

  /** How soon clicks have changed a model since this platform started. */
  public Freshness.Summary freshness(String model) {
    return server.freshness(model);
  }

  /** Impressions that the ingestion job has refused. */
  public long rejectedImpressions() {
    return REFUSALS.stream().mapToLong(reason -> server.rejectedEvents(reason)).sum();
  }

  /** Why a job has stopped for good, or empty while all run. */
  public Optional<String> failure() {
    return flink.failure();
  }

  /** Why the platform should end, since a part of it has failed for good; else empty. */
  public Optional<String> gaveUp() {
    return watch.gaveUp();
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
    BrokerDeath.forget();
  }
}
