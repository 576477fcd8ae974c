package io.millrace.experiment;

import io.millrace.deployment.RefusedChangeException;
import io.millrace.journal.InMemoryJournal;
import io.millrace.journal.Journal;
import io.millrace.journal.Journal.Decision;
import io.millrace.journal.KafkaJournal;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The topic {@code experiments}: which experiments there are, for whoever follows it. Safe for use
 * by many threads and processes.
 */
public final class ExperimentLog implements AutoCloseable {
  private final Journal<Experiments, ExperimentChange> journal;

  private ExperimentLog(Journal<Experiments, ExperimentChange> journal) {
    this.journal = journal;
  }

  /**
   * Follows a topic, which must exist: compacted, of one partition.
   *
   * @param client Kafka client properties, at least {@code bootstrap.servers}
   * @param patience how long a change waits for Kafka
   */
  public static ExperimentLog onKafka(
      Map<String, Object> client, String topic, Clock clock, Duration patience) {
    return new ExperimentLog(
        new KafkaJournal<>(
            client, topic, new Experiments(), new ExperimentChangeFormat(), clock, patience));
  }

  /** One that lives and dies with its process. */
  public static ExperimentLog inMemory() {
    return new ExperimentLog(new InMemoryJournal<>(new Experiments()));
  }

  /** What is known now, without waiting. */
  public ExperimentView view() {
    return journal.read(Experiments::view);
  }

  /**
   * What stands in the topic now.
   *
   * @throws io.millrace.journal.JournalException if it cannot be read
   */
  public ExperimentView newest() {
    journal.catchUp();
    return view();
  }

  /** Calls a follower with each view from now on, on the thread that reads the topic. */
  public void follow(Consumer<ExperimentView> follower) {
    journal.onChange(() -> follower.accept(view()));
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
  public ExperimentView change(
      Function<ExperimentView, Optional<ExperimentChange>> decide, boolean dryRun) {
    ExperimentView after = journal.change(state -> decision(state.view(), decide, dryRun));
    return dryRun ? after : view();
  }

  private static Decision<ExperimentChange, ExperimentView> decision(
      ExperimentView view,
      Function<ExperimentView, Optional<ExperimentChange>> decide,
      boolean dryRun) {
    ExperimentChange change = decide.apply(view).orElse(null);
    if (change == null) {
      return Decision.nothingToChange(view);
    }
    ExperimentRules.objection(view, change)
        .ifPresent(
            objection -> {
              throw new RefusedChangeException(objection);
            });
    return dryRun ? Decision.nothingToChange(view.after(change)) : Decision.of(change, view);
  }

  @Override
  public void close() {
    journal.close();
  }
}
