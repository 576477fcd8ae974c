package io.millrace.ingestion.job;

import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;

/**
 * Frees what is only in the store without reading it, which would cost most of the join.
 *
 * @param operator whose states these are
 */
record FreeTimer(LabelJoinOperator operator) implements EventTimer<VoidNamespace> {

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    String id = timer.getKey();
    if (operator.states().contains(id)) {
      operator.wakeState(id, timer.getTimestamp());
    } else {
      operator.states().freeStored();
    }
  }
}
