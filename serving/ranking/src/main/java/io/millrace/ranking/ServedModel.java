package io.millrace.ranking;

import io.millrace.deployment.DeploymentState;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureSchemaException;
import io.millrace.feature.LiveModel;
import io.millrace.learner.CompiledModel;
import io.millrace.model.Engine;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.SchemaRegistry.RegisteredSchema;
import io.millrace.schema.SubjectNames;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model as served. Versions follow each other several times a second and share one compiled
 * definition; a version with another definition brings its own, and the old one is closed when its
 * last request has ended. Safe for use by many threads.
 */
public final class ServedModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServedModel.class);

  private final ModelSource source;
  private final SchemaRegistry registry;
  private final SubjectNames subjects;
  private final Engine engine;
  private final LongConsumer passes;
  private final ShadowScores shadow = new ShadowScores();
  private volatile @Nullable Version version;
  private volatile @Nullable FeatureSchema newest;
  private volatile @Nullable RequestFeatures features;
  private volatile boolean warm;
  private volatile @Nullable DeploymentState state;
  private int unusableId;

  private record Version(Predictor predictor, ScratchPool pool) {
    boolean isOf(ModelSnapshot snapshot) {
      return predictor.snapshot() == snapshot;
    }

    boolean hasDefinitionOf(ModelSnapshot snapshot) {
      ModelSnapshot mine = predictor.snapshot();
      return mine.manifest().getModelConfig().equals(snapshot.manifest().getModelConfig())
          && mine.manifest().getFeatureSchema().equals(snapshot.manifest().getFeatureSchema());
    }
  }

  /** One version and scratch memory, for one request on one thread. */
  static final class Lease implements AutoCloseable {
    private final Predictor predictor;
    private final Scratch scratch;
    private final ScratchPool pool;
    private final RequestFeatures features;
    private final LongConsumer passes;

    private Lease(
        Predictor predictor,
        Scratch scratch,
        ScratchPool pool,
        RequestFeatures features,
        LongConsumer passes) {
      this.predictor = predictor;
      this.features = features;
      this.passes = passes;
      this.scratch = scratch;
      this.pool = pool;
    }

    Predictor predictor() {
      return predictor;
    }

    Scratch scratch() {
      return scratch;
    }

    /** Tells how many nanoseconds a forward pass took. */
    void recordPass(long nanos) {
      passes.accept(nanos);
    }

    /** How the request's features are read. */
    RequestFeatures features() {
      return features;
    }

    @Override
    public void close() {
      pool.giveBack(scratch);
    }
  }

  /**
   * @param source where the versions come from; closed with the model
   * @param registry the newest version of the feature schema
   * @param subjects under which it may be registered
   * @param engine what computes it
   * @param passes told how many nanoseconds each forward pass took, one for a request's candidates
   */
  public ServedModel(
      ModelSource source,
      SchemaRegistry registry,
      SubjectNames subjects,
      Engine engine,
      LongConsumer passes) {
    this.source = source;
    this.registry = registry;
    this.subjects = subjects;
    this.engine = engine;
    this.passes = passes;
  }

  /** The same model once more, with versions and scratch memory of its own. */
  ServedModel copy() {
    return new ServedModel(source, registry, subjects, engine, nanos -> {});
  }

  Engine engine() {
    return engine;
  }

  /** By which requests ask for it. */
  public String name() {
    return source.model();
  }

  /** What it has said as a shadow. */
  public ShadowScores shadow() {
    return shadow;
  }

  /** Says what the deployments want of it. */
  void setState(DeploymentState wanted) {
    this.state = wanted;
  }

  /** What the deployments want of it; empty where there are none. */
  public Optional<DeploymentState> state() {
    return Optional.ofNullable(state);
  }

  /** Why its version is stale, in words; empty while it is not, or none is to come. */
  public Optional<String> stale() {
    return state == DeploymentState.FROZEN ? Optional.empty() : source.stale();
  }

  /** Where its versions come from. */
  public ModelSource source() {
    return source;
  }

  /** The newest version, if there is one yet. */
  public Optional<Predictor> newest() {
    return Optional.ofNullable(refreshed()).map(Version::predictor);
  }

  /**
   * The newest version, for one request.
   *
   * @throws UnavailableException if there is none yet
   */
  Lease lease() {
    while (true) {
      Version present = refreshed();
      if (present == null) {
        throw new UnavailableException(notReady());
      }
      Scratch scratch = present.pool.borrow();
      if (scratch != null) {
        return new Lease(present.predictor, scratch, present.pool, features(present), passes);
      }
      if (present == version) {
        throw new UnavailableException("The server is closing.");
      }
    }
  }

  /**
   * How the features of an event are read that is to be learned from.
   *
   * @throws UnavailableException if there is no version yet
   */
  public RequestFeatures requestFeatures() {
    Version present = refreshed();
    if (present == null) {
      throw new UnavailableException(notReady());
    }
    return features(present);
  }

  /** What a change of the feature schema would meet; empty before the first version. */
  public Optional<LiveModel> live() {
    return newest()
        .map(
            predictor -> {
              CompiledModel compiled = predictor.compiled();
              return new LiveModel(
                  name(),
                  compiled.config().kind().toString(),
                  compiled.config().takesNewFields(),
                  compiled.schema());
            });
  }

  private RequestFeatures features(Version present) {
    FeatureSchema model = present.predictor.compiled().schema();
    FeatureSchema known = newest;
    RequestFeatures last = features;
    if (last == null || last.model() != model || (known != null && last.asked() != known)) {
      last = RequestFeatures.of(model, known);
      features = last;
    }
    return last;
  }

  /**
   * Asks the registry for the newest version of the model's feature schema, which may take as long
   * as Kafka does. Requests may name its features from then on.
   */
  public void lookForNewerSchema() {
    Version present = version;
    if (present == null) {
      return;
    }
    RegisteredSchema latest = newestRegistered(present.predictor.compiled().schema().name());
    FeatureSchema known = newest;
    if (latest == null
        || latest.id() == unusableId
        || (known != null && known.avro().equals(latest.schema()))) {
      return;
    }
    try {
      newest = FeatureSchema.parse(latest.schema());
    } catch (InvalidFeatureSchemaException e) {
      unusableId = latest.id();
      LOG.warn("{} version {} is not used: {}", latest.subject(), latest.version(), e.getMessage());
    }
  }

  /** What was registered last of a record, under whatever subject producers use. */
  private @Nullable RegisteredSchema newestRegistered(String record) {
    RegisteredSchema newest = null;
    for (String subject : subjects.of(record)) {
      RegisteredSchema latest = registry.latest(subject).orElse(null);
      if (latest != null
          && latest.schema().getFullName().equals(record)
          && (newest == null || latest.id() > newest.id())) {
        newest = latest;
      }
    }
    return newest;
  }

  /** Whether the model answers, and as fast as it will. Told at once. */
  boolean ready() {
    return warm && hasVersion();
  }

  /** Whether it answers, be it slowly. Told at once. */
  boolean hasVersion() {
    return version != null || source.current().isPresent();
  }

  /** Nothing more is to be done before the model's answers are fast. */
  public void setWarm() {
    warm = true;
  }

  /** Why the model is not {@link #ready}, in words; meaningful while it is not. */
  String notReady() {
    if (hasVersion()) {
      return "Model %s is warming up; it answers, but slowly.".formatted(name());
    }
    return source.caughtUp()
        ? "Model %s has no version yet: nothing has been published for it.".formatted(name())
        : "Model %s is loading its parameters.".formatted(name());
  }

  private @Nullable Version refreshed() {
    ModelSnapshot snapshot = source.current().orElse(null);
    Version present = version;
    if (snapshot == null || (present != null && present.isOf(snapshot))) {
      return present;
    }
    synchronized (this) {
      present = version;
      snapshot = source.current().orElse(snapshot); // another thread may have shown a newer one
      if (present != null && present.isOf(snapshot)) {
        return present;
      }
      ScratchPool pool =
          present != null && present.hasDefinitionOf(snapshot)
              ? present.pool
              : new ScratchPool(ParameterViewSource.compile(snapshot.manifest(), engine), registry);
      Version next = new Version(Predictor.of(pool.compiled(), snapshot), pool);
      version = next;
      if (present != null && present.pool != pool) {
        present.pool.retire();
      }
      return next;
    }
  }

  /** Requests must have ended. */
  @Override
  public void close() {
    source.close();
    retire();
  }

  /** Gives back what the model holds, but for its source. Requests must have ended. */
  void retire() {
    Version present = version;
    if (present != null) {
      present.pool.retire();
    }
  }
}
