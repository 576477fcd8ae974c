package io.millrace.ranking;

import io.millrace.learner.CompiledModel;
import io.millrace.schema.SchemaRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A compiled model and the scratch memory of the requests that use it. The model is closed when the
 * pool has been retired and the last request has given its memory back. Safe for use by many
 * threads.
 */
final class ScratchPool {
  private final CompiledModel compiled;
  private final SchemaRegistry registry;
  private final Deque<Scratch> idle = new ArrayDeque<>();
  private int lent;
  private boolean retired;

  ScratchPool(CompiledModel compiled, SchemaRegistry registry) {
    this.compiled = compiled;
    this.registry = registry;
  }

  CompiledModel compiled() {
    return compiled;
  }

  /** Memory to be given back, or null if the pool has been retired. */
  @Nullable Scratch borrow() {
    synchronized (this) {
      if (retired) {
        return null;
      }
      lent++;
      Scratch scratch = idle.pollLast();
      if (scratch != null) {
        return scratch;
      }
    }
    try {
      return Scratch.of(compiled, registry);
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        lent--;
        closeIfUnused();
      }
      throw e;
    }
  }

  synchronized void giveBack(Scratch scratch) {
    lent--;
    idle.addLast(scratch);
    closeIfUnused();
  }

  /** Lends no more, and closes everything once nothing is lent. */
  synchronized void retire() {
    if (!retired) {
      retired = true;
      closeIfUnused();
    }
  }

  private void closeIfUnused() {
    if (retired && lent == 0) {
      idle.forEach(Scratch::close);
      idle.clear();
      compiled.close();
    }
  }
}
