package io.millrace.registry;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A log that lives and dies with its process. */
final class InMemoryRegistryLog implements RegistryLog {
  private final RegistryState state = new RegistryState();

  @Override
  public void catchUp() {}

  @Override
  public void catchUpIfReachable() {}

  @Override
  public synchronized <T> T read(Function<RegistryState, T> question) {
    return question.apply(state);
  }

  @Override
  public RegistryState.@Nullable Entry entry(int id) {
    return state.entry(id);
  }

  @Override
  public synchronized <T> T change(Function<RegistryState, Decision<T>> decide) {
    Decision<T> decision = decide.apply(state);
    if (decision.change() != null && !state.apply(state.revision() + 1, decision.change())) {
      throw new IllegalStateException("a change that cannot be made: " + decision.change());
    }
    return decision.answer();
  }

  @Override
  public void close() {}
}
