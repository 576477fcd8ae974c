package io.millrace.training;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/** A Flink cluster in this JVM, with RocksDB state, whose one task manager can be killed. */
final class TestCluster implements AutoCloseable {
  private final Configuration configuration = new Configuration();
  private final InMemoryReporter reporter = InMemoryReporter.create();
  private final MiniCluster cluster;
  private int newestTaskManager;

  TestCluster(Path checkpoints, Duration checkpointInterval) throws Exception {
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    reporter.addToConfiguration(configuration);
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .build());
    cluster.start();
  }

  JobID submit(TrainingJobConfig job) throws Exception {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
    env.setParallelism(1);
    TrainingJob.build(env, job);
    return cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
  }

  void checkpoint(JobID job) throws Exception {
    var unused = cluster.triggerCheckpoint(job, CheckpointType.CONFIGURED).get();
  }

  /** Waits for a job's end; why it failed, in full. */
  String failure(JobID job) throws Exception {
    JobResult result = cluster.requestJobResult(job).get(60, TimeUnit.SECONDS);
    return ExceptionUtils.stringifyException(result.getSerializedThrowable().orElseThrow());
  }

  /** How often the job's task was started again. */
  int restarts(JobID job) throws Exception {
    int most = 0;
    for (var vertex : cluster.getExecutionGraph(job).get().getAllExecutionVertices()) {
      most = Math.max(most, vertex.getCurrentExecutionAttempt().getAttemptNumber());
    }
    return most;
  }

  /**
   * What a metric of an operator that runs says now.
   *
   * @param name operator and metric, for example {@code learner.examples}
   */
  @Nullable Object metric(JobID job, String name) {
    String end = "." + name.replace(".", ".0.");
    for (Map.Entry<String, Metric> metric : reporter.getMetricsByIdentifiers(job).entrySet()) {
      if (metric.getKey().endsWith(end)) {
        return metric.getValue() instanceof Counter counter
            ? (Object) counter.getCount()
            : ((Gauge<?>) metric.getValue()).getValue();
      }
    }
    return null;
  }

  /** Kills the task manager and starts another. */
  void killTaskManager() throws Exception {
    cluster.terminateTaskManager(newestTaskManager).get();
    cluster.startTaskManager();
    newestTaskManager++;
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
