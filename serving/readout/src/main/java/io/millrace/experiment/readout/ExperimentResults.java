package io.millrace.experiment.readout;

import io.millrace.event.ExperimentMetrics;
import io.millrace.experiment.Experiment;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.TopicFollower;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The newest totals of all experiments, followed from their topic by a thread of its own. Safe for
 * use by many threads.
 */
public final class ExperimentResults implements AutoCloseable {
  private final Totals totals;
  private final TopicFollower<ExperimentMetrics> follower;

  private record ArmKey(String experiment, String arm) {}

  private static final class Totals implements TopicFollower.Listener<ExperimentMetrics> {
    private final Map<ArmKey, ExperimentMetrics> read = new HashMap<>(); // by the reading thread
    private final Consumer<Map<String, List<ExperimentMetrics>>> listener;
    private boolean changed = true;
    private volatile @Nullable Map<String, List<ExperimentMetrics>> newest;

    Totals(Consumer<Map<String, List<ExperimentMetrics>>> listener) {
      this.listener = listener;
    }

    @Override
    public void begun() {
      read.clear();
      changed = true;
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record, ExperimentMetrics value) {
      read.put(new ArmKey(value.getExperiment(), value.getArm()), value);
      changed = true;
    }

    @Override
    public void looked(boolean caughtUp) {
      if (caughtUp && changed) {
        Map<String, List<ExperimentMetrics>> all = new HashMap<>();
        read.forEach(
            (key, arm) ->
                all.computeIfAbsent(key.experiment, experiment -> new ArrayList<>()).add(arm));
        newest = all;
        changed = false;
      }
      Map<String, List<ExperimentMetrics>> present = newest;
      if (present != null) {
        listener.accept(present);
      }
    }
  }

  /**
   * Begins to read.
   *
   * @param client Kafka client properties, at least {@code bootstrap.servers}
   * @param topic of {@link ExperimentMetrics}
   * @param registry stays open when this is closed
   * @param listener told the totals by experiment after each look at the topic, the same map where
   *     nothing is new; on the reading thread, about twice a second where nothing comes
   */
  public ExperimentResults(
      Map<String, Object> client,
      String topic,
      SchemaRegistry registry,
      Consumer<Map<String, List<ExperimentMetrics>>> listener) {
    totals = new Totals(listener);
    follower = new TopicFollower<>(client, topic, ExperimentMetrics.class, () -> registry, totals);
  }

  /**
   * Reads out an experiment; empty until the totals that were there at first have been read. One
   * without totals is read out too: it has no data.
   */
  public Optional<ExperimentReadout> of(Experiment experiment) {
    return Optional.ofNullable(totals.newest)
        .map(
            all -> ExperimentReadout.of(experiment, all.getOrDefault(experiment.key(), List.of())));
  }

  @Override
  public void close() {
    follower.close();
  }
}
