package io.millrace.standalone;

import io.millrace.deployment.Deployment;
import io.millrace.deployment.DeploymentLog;
import io.millrace.deployment.DeploymentState;
import io.millrace.deployment.DeploymentView;
import io.millrace.deployment.Origin;
import io.millrace.serving.http.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the jobs equal to what the deployments say: one for each model that learns, none for the
 * others, and nothing left of those that are retired. What it has not done when its process dies is
 * done by the next one, since it compares and does not remember.
 */
final class ModelController implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelController.class);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  /** The topics that models have of their own. */
  interface ModelTopics {
    /** Makes those of a model, unless they are there. */
    void create(String model);

    /** Deletes those of a model, if they are there. */
    void delete(String model);
  }

  private final DeploymentLog log;
  private final EmbeddedFlink flink;
  private final Function<Deployment, Consumer<StreamExecutionEnvironment>> jobs;
  private final ModelTopics topics;
  private final Path cuts;
  private final Set<String> cleared = new HashSet<>(); // retired models of which nothing is left
  private final Map<String, Part> failed = new ConcurrentHashMap<>();
  private final ScheduledExecutorService worker;
  private Duration retry = Duration.ofSeconds(1);
  private volatile boolean closed;

  /**
   * @param jobs gives the steps of a model's job
   * @param cuts where the states that clones begin with are kept, a folder each
   */
  ModelController(
      DeploymentLog log,
      EmbeddedFlink flink,
      Function<Deployment, Consumer<StreamExecutionEnvironment>> jobs,
      ModelTopics topics,
      Path cuts) {
    this.log = log;
    this.flink = flink;
    this.jobs = jobs;
    this.topics = topics;
    this.cuts = cuts;
    this.worker =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "millrace-models");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The name of a model's job. */
  static String job(String model) {
    return "training-" + model;
  }

  /**
   * Starts what there should be, and follows the deployments from then on. Models that no alias
   * means are started behind it: a clone may have to wait for its source.
   *
   * @throws RuntimeException if the job of another one cannot be started
   */
  void start() {
    DeploymentView view = log.newest();
    view.models().values().stream()
        .filter(model -> !view.aliasesOf(model.name()).isEmpty())
        .forEach(this::make);
    log.follow(next -> later(Duration.ZERO));
    later(Duration.ZERO);
  }

  private void later(Duration delay) {
    if (!closed) {
      var unused = worker.schedule(this::makeAll, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void makeAll() {
    boolean again = false;
    for (Deployment model : log.view().models().values()) {
      try {
        make(model);
        failed.remove(model.name());
      } catch (RuntimeException e) {
        LOG.warn("model {} is not made {}: {}", model.name(), model.state().word(), words(e));
        failed.put(
            model.name(),
            new Part("Model " + model.name(), Part.State.RESTARTING, Instant.now(), words(e))
                .secondary());
        again = true;
      }
    }
    if (again) {
      retry =
          retry.multipliedBy(2).compareTo(LONGEST_RETRY) < 0
              ? retry.multipliedBy(2)
              : LONGEST_RETRY;
      later(retry);
    } else {
      retry = Duration.ofSeconds(1);
    }
  }

  private static String words(RuntimeException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? String.valueOf(e.getMessage()) : root.getMessage();
  }

  /** Makes one model what it should be. */
  private void make(Deployment model) {
    String job = job(model.name());
    if (model.state().learns()) {
      if (!flink.runs(job)) {
        begin(model, job);
      }
    } else if (model.state() == DeploymentState.FROZEN) {
      flink.stop(job);
    } else if (!cleared.contains(model.name())) {
      flink.stop(job);
      flink.forget(job);
      topics.delete(model.name());
      deleteCut(model.name());
      cleared.add(model.name());
    }
  }

  private void begin(Deployment model, String job) {
    topics.create(model.name());
    Consumer<StreamExecutionEnvironment> steps = jobs.apply(model);
    boolean hasState = flink.checkpoint(job).isPresent();
    if (!(model.origin() instanceof Origin.CloneOf clone) || hasState) {
      flink.submit(job, steps);
      if (hasState) {
        deleteCut(model.name());
      }
      return;
    }
    deleteCut(model.name());
    String source = job(clone.source());
    if (flink.runs(source)) {
      flink.submit(job, steps, flink.savepoint(source, cuts.resolve(model.name())));
    } else {
      Path kept =
          flink
              .checkpoint(source)
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "its source %s is gone or has learned nothing that is kept; retire the clone"
                              .formatted(clone.source())));
      flink.submit(job, steps, kept);
    }
  }

  private void deleteCut(String model) {
    Path folder = cuts.resolve(model);
    try {
      DirectoryTree.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }

  /** Models that could not be made what they should be, and are tried again. */
  List<Part> failures() {
    return new ArrayList<>(failed.values());
  }

  @Override
  public void close() {
    closed = true;
    worker.shutdownNow();
    try {
      if (!worker.awaitTermination(30, TimeUnit.SECONDS)) {
        LOG.warn("the controller of models is still at work");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
