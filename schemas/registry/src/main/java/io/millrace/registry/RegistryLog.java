package io.millrace.registry;

import io.millrace.schema.SchemaRegistryException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The order of all changes, and the state that they amount to. Safe for use by many threads.
 *
 * <p>Every method may throw {@link SchemaRegistryException} if the log can't be read or written.
 */
interface RegistryLog extends AutoCloseable {

  /**
   * What to do about a request: make a change and then give the answer, or only answer.
   *
   * @param change null if there is nothing to change
   * @param answer what to tell whoever asked
   */
  record Decision<T>(@Nullable RegistryChange change, T answer) {
    static <T> Decision<T> nothingToChange(T answer) {
      return new Decision<>(null, answer);
    }

    static <T> Decision<T> of(RegistryChange change, T answer) {
      return new Decision<>(change, answer);
    }
  }

  /** Waits until the state holds all that anyone had appended before the call. */
  void catchUp();

  /**
   * As {@link #catchUp}, but where the log can't be reached the state stays as it was last read:
   * nobody else can change it then either.
   */
  void catchUpIfReachable();

  /** Looks at the state. The question must not keep it. */
  <T> T read(Function<RegistryState, T> question);

  /** Looks at the newest state, or where the log can't be reached at what was last read. */
  default <T> T ask(Function<RegistryState, T> question) {
    catchUpIfReachable();
    return read(question);
  }

  /** What is known of an id now, without waiting. */
  RegistryState.@Nullable Entry entry(int id);

  /**
   * Decides on the newest state and makes the change hold on exactly that one: if another change
   * comes in between, decides anew. The decision must not keep the state, and may throw.
   */
  <T> T change(Function<RegistryState, Decision<T>> decide);

  @Override
  void close();
}
