package io.millrace.ingestion.job;

import io.millrace.ingestion.JoinState;
import io.millrace.ingestion.LabelJoin;
import io.millrace.ingestion.Transition;
import org.apache.flink.streaming.api.operators.InternalTimer;

/**
 * Ends windows of what is only in the store without reading it. A timer that was set under other
 * rules, before a restart with other windows, has its state read.
 *
 * @param operator whose states these are
 * @param rulesEpoch how often the rules have changed between two starts
 */
record CloseTimer(LabelJoinOperator operator, LabelJoin join, JoinTime eventTime, long rulesEpoch)
    implements EventTimer<Long> {

  @Override
  public void onEventTime(InternalTimer<String, Long> timer) throws Exception {
    String id = timer.getKey();
    long time = timer.getTimestamp();
    MemoryTier states = operator.states();
    if (states.contains(id) || timer.getNamespace() != rulesEpoch) {
      operator.timerFired(id, time);
      return;
    }
    Transition transition = join.closeUnread(time);
    JoinState closed = transition.next();
    // A timer that is due by now would be seen with the next event time only.
    if (closed == null || join.dueTime(closed) <= eventTime.reached()) {
      states.freeStored();
    } else {
      states.replaceStored(closed);
    }
    operator.effects(transition.effects());
  }
}
