package io.millrace.registry;

import io.millrace.journal.InMemoryJournal;
import io.millrace.journal.Journal;
import io.millrace.journal.Journal.Decision;
import io.millrace.journal.JournalException;
import io.millrace.journal.KafkaJournal;
import io.millrace.schema.SchemaRegistryException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a registry. Safe for use by many threads.
 *
 * <p>Every method may throw {@link SchemaRegistryException} if it can't be read or written.
 */
final class RegistryLog implements AutoCloseable {
  private final RegistryState state;
  private final Journal<RegistryState, RegistryChange> journal;

  private RegistryLog(RegistryState state, Journal<RegistryState, RegistryChange> journal) {
    this.state = state;
    this.journal = journal;
  }

  /** A log that lives and dies with its process. */
  static RegistryLog inMemory() {
    RegistryState state = new RegistryState();
    return new RegistryLog(state, new InMemoryJournal<>(state));
  }

  /** A log on a topic; see {@link KafkaJournal}. */
  static RegistryLog onKafka(
      Map<String, Object> clientConfig, String topic, Clock clock, Duration patience) {
    RegistryState state = new RegistryState();
    return new RegistryLog(
        state,
        new KafkaJournal<>(
            clientConfig, topic, state, new RegistryChangeFormat(), clock, patience));
  }

  /** Waits until the state holds all that anyone had appended before the call. */
  void catchUp() {
    tried(journal::catchUp);
  }

  /** As {@link #catchUp}, but where the log can't be reached the state stays as it is. */
  void catchUpIfReachable() {
    tried(journal::catchUpIfReachable);
  }

  /** Looks at the state. The question must not keep it. */
  <T> T read(Function<RegistryState, T> question) {
    return journal.read(question);
  }

  /** Looks at the newest state, or where the log can't be reached at what was last read. */
  <T> T ask(Function<RegistryState, T> question) {
    return tried(() -> journal.ask(question));
  }

  /** What is known of an id now, without waiting. */
  RegistryState.@Nullable Entry entry(int id) {
    return state.entry(id);
  }

  /** See {@link Journal#change}. */
  <T> T change(Function<RegistryState, Decision<RegistryChange, T>> decide) {
    return tried(() -> journal.change(decide));
  }

  private static void tried(Runnable call) {
    var unused =
        tried(
            () -> {
              call.run();
              return true;
            });
  }

  private static <T> T tried(Supplier<T> call) {
    try {
      return call.get();
    } catch (JournalException e) {
      throw new SchemaRegistryException(String.valueOf(e.getMessage()), e.getCause());
    }
  }

  @Override
  public void close() {
    journal.close();
  }
}
