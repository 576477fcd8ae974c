package io.millrace.ingestion;

import io.millrace.wire.RejectionReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Applies transitions in memory, as the operator does in Flink; states go through their bytes. */
final class JoinSimulation {
  record Timer(long time, String id) {}

  record Kept(RejectionReason reason, String topic, long offset) {}

  private final LabelJoin join;
  private final PartitionProgress progress = new PartitionProgress(2);
  private final TreeSet<Timer> timers =
      new TreeSet<>(Comparator.comparingLong(Timer::time).thenComparing(Timer::id));
  private final List<LabelledImpression> due = new ArrayList<>();
  private boolean waking;

  final Map<String, byte[]> states = new HashMap<>();
  final List<LabelledImpression> examples = new ArrayList<>();
  final List<Kept> rejected = new ArrayList<>();
  final Map<String, Integer> counts = new HashMap<>();
  long watermark = Long.MIN_VALUE;

  JoinSimulation(LabelJoin join) {
    this.join = join;
  }

  void accept(Event event) {
    accept(event, watermark);
  }

  /**
   * @param cameAt the time at which it came
   */
  void accept(Event event, long cameAt) {
    if (event instanceof ImpressionEvent impression) {
      String id = impression.impressionId();
      apply(id, join.onImpression(state(id), impression, moment(id, cameAt)));
    } else if (event instanceof OutcomeEvent outcome) {
      String id = outcome.impressionId();
      apply(id, join.onOutcome(state(id), outcome, moment(id, cameAt)));
    } else {
      progress.advance((ProgressEvent) event);
      advance(progress.watermark());
    }
  }

  /** A patience from none to three windows of the tests, by the id. */
  private Moment moment(String id, long cameAt) {
    return new Moment(
        cameAt, watermark, rule -> Math.floorMod((id + rule.name()).hashCode() * 7919, 60));
  }

  /**
   * The examples with the labels that they end with, as if each had left once, in the order in
   * which they left last. Fails if an example corrects anything but one with the other label.
   */
  List<LabelledImpression> corrected() {
    List<LabelledImpression> last = new ArrayList<>();
    Map<String, LabelledImpression> newest = new HashMap<>();
    for (LabelledImpression example : examples) {
      LabelledImpression before = newest.put(example.impressionId() + example.outcome(), example);
      if (example.corrects()) {
        if (before == null || before.happened() == example.happened()) {
          throw new AssertionError(example + " after " + before);
        }
        last.remove(before);
      }
      last.add(example);
    }
    return last.stream()
        .map(
            e ->
                new LabelledImpression(
                    e.impressionId(),
                    e.outcome(),
                    e.eventTime(),
                    e.partition(),
                    e.offset(),
                    e.happened(),
                    e.writtenTime(),
                    e.value(),
                    e.body(),
                    false,
                    0,
                    0))
        .toList();
  }

  void advance(long to) {
    if (to <= watermark) {
      return;
    }
    watermark = to;
    waking = true;
    while (!timers.isEmpty() && timers.first().time <= to) {
      long time = timers.first().time;
      while (!timers.isEmpty() && timers.first().time == time) {
        Timer timer = timers.pollFirst();
        JoinState state = state(timer.id);
        Transition woken = join.wake(timer.id, state, time);
        if (state != null
            && join.dueTime(state) == time
            && join.closesUnread(state)
            && !join.closeUnread(time).equals(woken)) {
          throw new AssertionError(state + " woken: " + woken + ", unread otherwise");
        }
        apply(timer.id, woken);
      }
      // Timers of one time fire in any order.
      due.sort(Comparator.comparingLong(LabelledImpression::offset));
      examples.addAll(due);
      due.clear();
    }
    waking = false;
  }

  boolean isIdle() {
    return states.isEmpty() && timers.isEmpty();
  }

  private @org.jspecify.annotations.Nullable JoinState state(String id) {
    byte[] bytes = states.get(id);
    return bytes == null ? null : JoinStateFormat.decode(id, bytes);
  }

  private void apply(String id, Transition transition) {
    JoinState next = transition.next();
    if (next == null) {
      states.remove(id);
    } else {
      states.put(id, JoinStateFormat.encode(next));
      timers.add(new Timer(join.dueTime(next), id));
    }
    for (Effect effect : transition.effects()) {
      if (effect instanceof Effect.Emit emit) {
        (waking ? due : examples).add(emit.example());
      } else if (effect instanceof Effect.Reject reject) {
        Origin origin = reject.rejection().origin();
        rejected.add(new Kept(reject.rejection().reason(), origin.topic(), origin.offset()));
      } else {
        Effect.Count count = (Effect.Count) effect;
        counts.merge(count.counter().code(count.outcome()), 1, Integer::sum);
      }
    }
  }
}
