package io.millrace.journal;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The order of all changes, and the state that they amount to. Safe for use by many threads.
 *
 * <p>Every method may throw {@link JournalException} if the log can't be read or written.
 *
 * @param <S> what the changes amount to
 * @param <C> a change
 */
public interface Journal<S extends JournalState<C>, C> extends AutoCloseable {

  /**
   * What to do about a request: make a change and then give the answer, or only answer.
   *
   * @param <C> a change
   * @param <T> an answer
   * @param change null if there is nothing to change
   * @param answer what to tell whoever asked
   */
  record Decision<C, T>(@Nullable C change, T answer) {

    /** Only an answer. */
    public static <C, T> Decision<C, T> nothingToChange(T answer) {
      return new Decision<>(null, answer);
    }

    /** A change, and the answer once it holds. */
    public static <C, T> Decision<C, T> of(C change, T answer) {
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
  <T> T read(Function<S, T> question);

  /** Looks at the newest state, or where the log can't be reached at what was last read. */
  default <T> T ask(Function<S, T> question) {
    catchUpIfReachable();
    return read(question);
  }

  /**
   * Decides on the newest state and makes the change hold on exactly that one: if another change
   * comes in between, decides anew. The decision must not keep the state, and may throw.
   */
  <T> T change(Function<S, Decision<C, T>> decide);

  /**
   * Calls a listener after changes have held, whoever made them, on the thread that has read them.
   * It must be quick, and may {@link #read}.
   */
  void onChange(Runnable listener);

  @Override
  void close();
}
