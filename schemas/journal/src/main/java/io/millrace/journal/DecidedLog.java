package io.millrace.journal;

import io.millrace.journal.Journal.Decision;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A journal whose state is seen by immutable views, and whose changes are checked against the view
 * that they are decided on. Safe for use by many threads and processes.
 *
 * @param <S> what the changes amount to
 * @param <C> a change
 * @param <V> what is seen of the state
 */
public final class DecidedLog<S extends JournalState<C>, C, V> implements AutoCloseable {
  private final Journal<S, C> journal;
  private final Function<S, V> seen;
  private final BiFunction<V, C, V> after;
  private final BiConsumer<V, C> check;

  /**
   * @param journal closed with the log
   * @param seen gives the view of a state
   * @param after gives the view that a change leads to
   * @param check throws if a change cannot be made
   */
  public DecidedLog(
      Journal<S, C> journal,
      Function<S, V> seen,
      BiFunction<V, C, V> after,
      BiConsumer<V, C> check) {
    this.journal = journal;
    this.seen = seen;
    this.after = after;
    this.check = check;
  }

  /** What is known now, without waiting. */
  public V view() {
    return journal.read(seen);
  }

  /**
   * What stands in the log now.
   *
   * @throws JournalException if it cannot be read
   */
  public V newest() {
    journal.catchUp();
    return view();
  }

  /** Calls a follower with each view from now on, on the thread that reads the log. */
  public void follow(Consumer<V> follower) {
    journal.onChange(() -> follower.accept(view()));
  }

  /**
   * Makes a change that is decided on the newest view.
   *
   * @param decide gives the change, or none where everything is as wanted; it may be asked again
   * @param dryRun whether to stop before it is made
   * @return the view as it is now, or in a dry run as it would be
   * @throws JournalException if the log cannot be reached
   */
  public V change(Function<V, Optional<C>> decide, boolean dryRun) {
    V decided = journal.change(state -> decision(seen.apply(state), decide, dryRun));
    return dryRun ? decided : view();
  }

  private Decision<C, V> decision(V view, Function<V, Optional<C>> decide, boolean dryRun) {
    C change = decide.apply(view).orElse(null);
    if (change == null) {
      return Decision.nothingToChange(view);
    }
    check.accept(view, change);
    return dryRun ? Decision.nothingToChange(after.apply(view, change)) : Decision.of(change, view);
  }

  @Override
  public void close() {
    journal.close();
  }
}
