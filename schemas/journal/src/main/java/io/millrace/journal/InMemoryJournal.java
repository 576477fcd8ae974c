package io.millrace.journal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A journal that lives and dies with its process.
 *
 * @param <S> what the changes amount to
 * @param <C> a change
 */
public final class InMemoryJournal<S extends JournalState<C>, C> implements Journal<S, C> {
  private final S state;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * An empty journal.
   *
   * @param state without a change; the journal's own from now on
   */
  public InMemoryJournal(S state) {
    this.state = state;
  }

  @Override
  public void catchUp() {}

  @Override
  public void catchUpIfReachable() {}

  @Override
  public synchronized <T> T read(Function<S, T> question) {
    return question.apply(state);
  }

  @Override
  public <T> T change(Function<S, Decision<C, T>> decide) {
    Decision<C, T> decision = decided(decide);
    if (decision.change() != null) {
      listeners.forEach(Runnable::run);
    }
    return decision.answer();
  }

  private synchronized <T> Decision<C, T> decided(Function<S, Decision<C, T>> decide) {
    Decision<C, T> decision = decide.apply(state);
    if (decision.change() != null && !state.apply(state.revision() + 1, decision.change())) {
      throw new IllegalStateException("a change that cannot be made: " + decision.change());
    }
    return decision;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {}
}
