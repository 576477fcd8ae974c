package io.millrace.ingestion.job;

import io.millrace.ingestion.JoinState;
import io.millrace.ingestion.LabelJoin;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * Timers of the states in the store, of the id that is the backend's current key.
 *
 * @param reads fires {@link LabelJoinOperator}: the state is read and looked at
 * @param frees fires {@link FreeTimer}
 * @param closes fires {@link CloseTimer}, by the epoch of the rules in which a timer was set
 * @param rulesEpoch how often the rules have changed between two starts
 */
record StoredTimers(
    LabelJoin join,
    InternalTimerService<VoidNamespace> reads,
    InternalTimerService<VoidNamespace> frees,
    InternalTimerService<Long> closes,
    long rulesEpoch)
    implements MemoryTier.Timers {

  @Override
  public long due(JoinState state) {
    return join.dueTime(state);
  }

  @Override
  public MemoryTier.Due kind(JoinState state) {
    if (state instanceof JoinState.Closed) {
      return MemoryTier.Due.FREE;
    }
    return join.closesUnread(state) ? MemoryTier.Due.CLOSE : MemoryTier.Due.READ;
  }

  @Override
  public void set(long due, MemoryTier.Due kind) {
    switch (kind) {
      case READ -> reads.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
      case CLOSE -> closes.registerEventTimeTimer(rulesEpoch, due);
      case FREE -> frees.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
    }
  }

  @Override
  public void unset(long due, MemoryTier.Due kind) {
    switch (kind) {
      case READ -> reads.deleteEventTimeTimer(VoidNamespace.INSTANCE, due);
      case CLOSE -> closes.deleteEventTimeTimer(rulesEpoch, due);
      case FREE -> frees.deleteEventTimeTimer(VoidNamespace.INSTANCE, due);
    }
  }
}
