package io.millrace.deployment;

import io.millrace.journal.DecidedLog;
import io.millrace.journal.InMemoryJournal;
import io.millrace.journal.Journal;
import io.millrace.journal.KafkaJournal;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The topic {@code deployments}: what models there should be, for whoever follows it. Safe for use
 * by many threads and processes.
 */
public final class DeploymentLog implements AutoCloseable {
  private final DecidedLog<Deployments, DeploymentChange, DeploymentView> log;

  private DeploymentLog(Journal<Deployments, DeploymentChange> journal) {
    this.log =
        new DecidedLog<>(journal, Deployments::view, DeploymentView::after, DeploymentLog::check);
  }

  private static void check(DeploymentView view, DeploymentChange change) {
    DeploymentRules.objection(view, change)
        .ifPresent(
            objection -> {
              throw new RefusedChangeException(objection);
            });
  }

  /**
   * Follows a topic, which must exist: compacted, of one partition.
   *
   * @param client Kafka client properties, at least {@code bootstrap.servers}
   * @param patience how long a change waits for Kafka
   */
  public static DeploymentLog onKafka(
      Map<String, Object> client, String topic, Clock clock, Duration patience) {
    return new DeploymentLog(
        new KafkaJournal<>(
            client, topic, new Deployments(), new DeploymentChangeFormat(), clock, patience));
  }

  /** One that lives and dies with its process. */
  public static DeploymentLog inMemory() {
    return new DeploymentLog(new InMemoryJournal<>(new Deployments()));
  }

  /** What is known now, without waiting. */
  public DeploymentView view() {
    return log.view();
  }

  /**
   * What stands in the topic now.
   *
   * @throws io.millrace.journal.JournalException if it cannot be read
   */
  public DeploymentView newest() {
    return log.newest();
  }

  /** Calls a follower with each view from now on, on the thread that reads the topic. */
  public void follow(Consumer<DeploymentView> follower) {
    log.follow(follower);
  }

  /**
   * Makes a change that is decided on the newest view.
   *
   * @param decide gives the change, or none where everything is as wanted; it may be asked again
   * @param dryRun whether to stop before it is made
   * @return the view as it is now, or in a dry run as it would be
   * @throws RefusedChangeException if it cannot be made
   * @throws io.millrace.journal.JournalException if Kafka cannot be reached
   */
  public DeploymentView change(
      Function<DeploymentView, Optional<DeploymentChange>> decide, boolean dryRun) {
    return log.change(decide, dryRun);
  }

  @Override
  public void close() {
    log.close();
  }
}
