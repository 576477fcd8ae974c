package io.millrace.standalone;

import io.millrace.ingestion.job.JoinStore;
import io.millrace.serving.http.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink MiniCluster with RocksDB state and incremental, retained checkpoints in a folder. A job
 * has a fixed id made from its name, and a job submitted again resumes from its newest checkpoint.
 */
public final class EmbeddedFlink implements AutoCloseable {
  /** A process that starts a job more often than this does not find its checkpoints. */
  private static final int MOST_STARTS = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);

  private final Path checkpoints;
  private final Configuration configuration;
  private final MiniCluster cluster;
  private final int slotsPerManager;
  private final Map<String, Job> jobs = new LinkedHashMap<>(); // guarded by itself
  private final Map<String, Integer> starts = new HashMap<>(); // guarded by jobs
  private int slots;

  private record Job(JobID id, JobWatch watch) {}

  /**
   * Starts the cluster.
   *
   * @param checkpoints where checkpoints are kept
   * @param tmp for working files
   * @param slots jobs that can run at a time, at parallelism 1; for more of them task managers are
   *     added, of as many slots each
   * @param checkpointInterval time between two checkpoints of a job
   * @param credentials that its ports ask for
   */
  EmbeddedFlink(
      Path checkpoints,
      Path tmp,
      int slots,
      Duration checkpointInterval,
      FlinkCredentials credentials) {
    this.checkpoints = checkpoints;
    Configuration c = new Configuration();
    c.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    JoinStore.options().forEach(c::setString);
    c.setString("state.backend.rocksdb.localdir", tmp.resolve("rocksdb").toString());
    c.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    c.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    c.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
    c.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    c.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    c.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(200));
    c.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(10));
    c.set(CoreOptions.TMP_DIRS, tmp.toString());
    c.set(RestOptions.BIND_PORT, "0");
    c.set(RestOptions.ADDRESS, "localhost");
    c.set(RestOptions.BIND_ADDRESS, "localhost");
    c.set(JobManagerOptions.ADDRESS, "localhost");
    c.set(JobManagerOptions.BIND_HOST, "localhost");
    c.set(TaskManagerOptions.HOST, "localhost");
    c.set(TaskManagerOptions.BIND_HOST, "localhost");
    c.set(WebOptions.SUBMIT_ENABLE, false);
    c.set(WebOptions.CANCEL_ENABLE, false);
    credentials.applyTo(c);
    c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256L));
    c.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(5));
    c.set(PipelineOptions.OBJECT_REUSE, true);
    c.set(PipelineOptions.GENERIC_TYPES, false);
    this.configuration = c;
    this.slotsPerManager = slots;
    this.slots = slots;
    this.cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .setConfiguration(c)
                .build());
    try {
      cluster.start();
    } catch (Exception e) {
      throw new IllegalStateException("cannot start the Flink cluster", e);
    }
  }

  /**
   * The id under which a job of this name runs, and below which its checkpoints lie.
   *
   * @param start how often this process has started it before: a cluster runs an id once
   */
  static JobID jobId(String name, int start) {
    String distinct = start == 0 ? name : name + "#" + start;
    UUID uuid = UUID.nameUUIDFromBytes(distinct.getBytes(StandardCharsets.UTF_8));
    return new JobID(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  /** The ids that a job may have had, as often as a process may start it. */
  private static List<String> ids(String name) {
    return IntStream.range(0, MOST_STARTS).mapToObj(i -> jobId(name, i).toHexString()).toList();
  }

  /** The newest checkpoint of a job, or empty if it has none. */
  Optional<Path> checkpoint(String name) {
    return RetainedCheckpoints.newest(checkpoints, ids(name));
  }

  /** Whether a job was started and not stopped since; it may have failed. */
  boolean runs(String name) {
    synchronized (jobs) {
      return jobs.containsKey(name);
    }
  }

  /**
   * Writes all that a running job knows, at one moment, and lets it go on.
   *
   * @param folder where it is written
   * @return the savepoint, for {@link #submit(String, Consumer, Path)}
   */
  Path savepoint(String name, Path folder) {
    JobID id;
    synchronized (jobs) {
      id = Objects.requireNonNull(jobs.get(name), name).id;
    }
    try {
      String uri =
          cluster
              .triggerSavepoint(id, folder.toUri().toString(), false, SavepointFormatType.NATIVE)
              .get(60, TimeUnit.SECONDS);
      return Path.of(URI.create(uri));
    } catch (Exception e) {
      throw new IllegalStateException("cannot take a savepoint of job " + name, e);
    }
  }

  /** Ends a job; its checkpoints stay, and it may be submitted again. */
  void stop(String name) {
    Job job;
    synchronized (jobs) {
      job = jobs.remove(name);
    }
    if (job == null) {
      return;
    }
    try {
      if (!cluster.getJobStatus(job.id).get(10, TimeUnit.SECONDS).isGloballyTerminalState()) {
        cluster.cancelJob(job.id).get(20, TimeUnit.SECONDS);
        cluster.requestJobResult(job.id).get(60, TimeUnit.SECONDS);
      }
    } catch (Exception e) {
      throw new IllegalStateException("cannot stop job " + name, e);
    }
  }

  /** Deletes the checkpoints of a job that does not run. */
  void forget(String name) {
    try {
      for (String id : ids(name)) {
        DirectoryTree.delete(checkpoints.resolve(id));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the checkpoints of job " + name, e);
    }
  }

  /**
   * Builds and starts a job, from its newest checkpoint if it has one.
   *
   * @param name names the job for ever: its checkpoints are found by it
   * @param build adds the job's steps to the environment
   */
  public void submit(String name, Consumer<StreamExecutionEnvironment> build) {
    submit(name, build, null);
  }

  /**
   * The same of a job that begins with another's state if it has no checkpoint.
   *
   * @param state a savepoint, or a checkpoint of a job that does not run; of no use any more once
   *     this job has a checkpoint of its own, which holds nothing of it
   */
  void submit(String name, Consumer<StreamExecutionEnvironment> build, @Nullable Path state) {
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    environment.setParallelism(1);
    build.accept(environment);
    JobGraph graph = environment.getStreamGraph().getJobGraph();
    Optional<Path> own = checkpoint(name);
    RecoveryClaimMode claim =
        own.isPresent() ? RecoveryClaimMode.CLAIM : RecoveryClaimMode.NO_CLAIM;
    own.or(() -> Optional.ofNullable(state))
        .ifPresent(
            path -> {
              LOG.info("job {} resumes from {}", name, path);
              graph.setSavepointRestoreSettings(
                  SavepointRestoreSettings.forPath(path.toUri().toString(), false, claim));
            });
    synchronized (jobs) {
      if (jobs.containsKey(name)) {
        throw new IllegalStateException("job " + name + " runs already");
      }
      JobID id = jobId(name, starts.merge(name, 1, Integer::sum) - 1);
      graph.setJobID(id);
      try {
        if (jobs.size() == slots) {
          cluster.startTaskManager();
          slots += slotsPerManager;
        }
        cluster.submitJob(graph).get(60, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IllegalStateException("cannot submit job " + name, e);
      }
      jobs.put(name, new Job(id, new JobWatch(name, Instant.now())));
    }
  }

  /** How each job is; to be called once a second. */
  List<Part> look(Instant now) {
    List<Part> parts = new ArrayList<>();
    synchronized (jobs) {
      jobs.values().forEach(job -> parts.add(job.watch.look(look(job.id), now)));
    }
    return parts;
  }

  private JobWatch.Look look(JobID id) {
    try {
      AccessExecutionGraph graph = cluster.getExecutionGraph(id).get(5, TimeUnit.SECONDS);
      boolean working = graph.getState() == JobStatus.RUNNING;
      for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
        working &= task.getExecutionState() == ExecutionState.RUNNING;
      }
      ErrorInfo failure = graph.getFailureInfo();
      boolean ended = graph.getState().isGloballyTerminalState();
      String reason = failure == null ? null : reason(failure);
      return new JobWatch.Look(
          ended,
          working,
          failure == null ? null : Instant.ofEpochMilli(failure.getTimestamp()),
          ended && reason == null ? "it was " + graph.getState() : reason);
    } catch (Exception e) {
      return new JobWatch.Look(false, false, null, null);
    }
  }

  private static String reason(ErrorInfo failure) {
    Throwable cause =
        rootCause(failure.getException().deserializeError(EmbeddedFlink.class.getClassLoader()));
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  /** The first job that has failed for good, in words, or empty while all run. */
  public Optional<String> failure() {
    for (JobID id : ids()) {
      try {
        JobStatus status = cluster.getJobStatus(id).get(10, TimeUnit.SECONDS);
        if (status.isGloballyTerminalState()) {
          return Optional.of("job " + id + " is " + status + ", expected RUNNING" + cause(id));
        }
      } catch (Exception e) {
        return Optional.of("status of job " + id + " is unknown: " + e);
      }
    }
    return Optional.empty();
  }

  private List<JobID> ids() {
    synchronized (jobs) {
      return jobs.values().stream().map(Job::id).toList();
    }
  }

  private String cause(JobID id) throws Exception {
    ErrorInfo failure = cluster.getExecutionGraph(id).get(10, TimeUnit.SECONDS).getFailureInfo();
    return failure == null ? "" : ": " + reason(failure);
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** Cancels the jobs, keeping their checkpoints, and stops the cluster. */
  @Override
  public void close() {
    for (JobID id : ids()) {
      try {
        cluster.cancelJob(id).get(20, TimeUnit.SECONDS);
      } catch (Exception e) {
        LOG.warn("job {} was not cancelled in time: {}", id, e.toString());
      }
    }
    try {
      cluster.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot stop the Flink cluster", e);
    }
  }
}
