package io.millrace.ingestion;

import io.millrace.ingestion.JoinState.Closed;
import io.millrace.ingestion.JoinState.Label;
import io.millrace.ingestion.JoinState.Left;
import io.millrace.ingestion.JoinState.Open;
import io.millrace.ingestion.JoinState.OutcomesWaiting;
import io.millrace.ingestion.JoinState.WaitingOutcome;
import io.millrace.wire.Counter;
import io.millrace.wire.RejectionReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Joins impressions with their outcomes, one impression id at a time: decides, and leaves applying
 * to its driver. Stateless and immutable.
 *
 * <p>The contract, for each outcome by itself. With its window W and lateness L, an impression at
 * event time t is <em>late</em> if the time at which it came is t + W + L or later. A word about
 * the outcome, that it happened at c or is taken back at c, on an impression that is not late
 *
 * <ul>
 *   <li>counts if t - W ≤ c ≤ t + W (producers' clocks differ, so it may be earlier) and the time
 *       at which it came is before t + W,
 *   <li>is late if t + W < c ≤ t + W + L, or if it happened in time and came at t + W or later,
 *   <li>else belongs to no impression; so does one that came at t + W + L or later.
 * </ul>
 *
 * <p>The label is 1 if the word with the latest c that counts says that it happened; of two with
 * the same c, the one that takes back. An impression that is late for each outcome is rejected; one
 * that is late for some has labels of the others.
 *
 * <p><em>The time at which an event came</em> is that of its own partition before it: the latest
 * event time there, less the out-of-orderness ({@link EventClock}). So what an event ends as
 * depends on the order within partitions and not on how they interleave, nor on when they are read.
 * Only where a partition was silent so long that it was not waited for, it is the event time that
 * the others have reached.
 *
 * <p>Legal transitions (null is no state; times of the right column are event times, W and L those
 * of an outcome or the longest of all):
 *
 * <pre>
 * null             outcome → OutcomesWaiting   impression → Open
 * OutcomesWaiting  outcome → OutcomesWaiting   impression → Open                c + 2 W + L → OutcomesWaiting | null
 * Open             outcome → Open                                               t + W, and before → Open | Closed
 * Closed           stays                                                        t + W + L → null
 * </pre>
 *
 * <p>An impression leaves once with each label at the end of that window; or, where examples leave
 * as the outcomes come, with label 1 as it happens, or with label 0 when it has waited for {@link
 * Moment#patience}, and then again whenever a word changes the label.
 *
 * <p>Why an outcome waits for c + 2 W + L: its impression may be at c + W, and may come W + L
 * later.
 */
public final class LabelJoin {
  /**
   * More early words than this that an outcome of one id happened, or is taken back, are rejected
   * at once: state has a limit.
   */
  static final int MAX_WAITING = 8;

  /** So that what waits for one id can be counted in a byte. */
  static final int MAX_OUTCOMES = 15;

  private final List<OutcomeRule> rules;
  private final LabelEmission emission;
  private final long longestWindow;

  /**
   * @param rules an outcome each, at least one
   * @throws IllegalArgumentException if there is none, or two have one name
   */
  public LabelJoin(List<OutcomeRule> rules, LabelEmission emission) {
    this.rules = List.copyOf(rules);
    this.emission = emission;
    this.longestWindow = rules.stream().mapToLong(OutcomeRule::windowMillis).max().orElse(0);
    if (rules.isEmpty()) {
      throw new IllegalArgumentException("outcomes: none, expected at least one");
    }
    if (rules.size() > MAX_OUTCOMES) {
      throw new IllegalArgumentException(
          "outcomes: " + rules.size() + ", expected at most " + MAX_OUTCOMES);
    }
    if (rules.stream().map(OutcomeRule::name).distinct().count() < rules.size()) {
      throw new IllegalArgumentException("outcomes: " + names() + ", expected each name once");
    }
  }

  private String names() {
    return rules.stream().map(OutcomeRule::name).collect(Collectors.joining(", "));
  }

  /** The rule of an outcome, or null if it is not joined. */
  private @Nullable OutcomeRule rule(String outcome) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).name().equals(outcome)) {
        return rules.get(i);
      }
    }
    return null;
  }

  /**
   * Decides on an impression.
   *
   * @param state of its id, or null
   */
  public Transition onImpression(
      @Nullable JoinState state, ImpressionEvent impression, Moment moment) {
    long cameAt = moment.cameAt();
    long eventTime = impression.eventTime();
    List<Effect> effects = new ArrayList<>(3);
    effects.add(new Effect.Count(Counter.IMPRESSIONS));
    if (state != null && !(state instanceof OutcomesWaiting)) {
      effects.add(new Effect.Count(Counter.DUPLICATE_IMPRESSIONS));
      return new Transition(state, effects);
    }
    long metAt = moment.time(eventTime);
    List<Label> labels = new ArrayList<>(rules.size());
    List<Effect> missed = new ArrayList<>(0);
    for (OutcomeRule rule : rules) {
      if (eventTime + rule.rememberedMillis() <= cameAt) {
        missed.add(new Effect.Count(Counter.MISSED_IMPRESSIONS, rule.name()));
      } else {
        long learnAt = metAt + moment.patience().of(rule);
        boolean atTheEnd =
            emission == LabelEmission.ON_WINDOW_END || learnAt >= eventTime + rule.windowMillis();
        labels.add(Label.waiting(rule.name(), atTheEnd ? 0 : learnAt));
      }
    }
    if (labels.isEmpty()) {
      effects.add(late(impression, cameAt));
      return new Transition(state, effects);
    }
    effects.addAll(missed);
    Origin origin = impression.origin();
    Open next =
        new Open(eventTime, metAt, origin.partition(), origin.offset(), labels, impression.body());
    if (state instanceof OutcomesWaiting waiting) {
      for (WaitingOutcome outcome : waiting.outcomes()) {
        OutcomeRule rule = rule(outcome.event().outcome());
        if (rule == null) {
          effects.add(unknownOutcome(outcome.event()));
          continue;
        }
        // Of how long the outcome took, not of when it was found.
        long outcomeMetAt = Math.max(metAt, outcome.cameAt());
        next =
            onOutcomeOfOpen(next, rule, outcome.event(), outcome.cameAt(), outcomeMetAt, effects);
      }
    }
    return new Transition(next, effects);
  }

  private Effect late(ImpressionEvent impression, long cameAt) {
    long lateFrom =
        impression.eventTime()
            + rules.stream().mapToLong(OutcomeRule::rememberedMillis).max().orElseThrow();
    return reject(
        RejectionReason.LATE_IMPRESSION,
        impression.origin(),
        "impression_id: "
            + impression.impressionId()
            + ", impression of event time "
            + impression.eventTime()
            + " came after events of "
            + cameAt
            + ", expected before "
            + lateFrom
            + ": attribution window and allowed lateness are over");
  }

  /** Decides on an outcome; parameters as in {@link #onImpression}. */
  public Transition onOutcome(@Nullable JoinState state, OutcomeEvent event, Moment moment) {
    long cameAt = moment.cameAt();
    List<Effect> effects = new ArrayList<>(3);
    OutcomeRule rule = rule(event.outcome());
    if (rule == null) {
      effects.add(unknownOutcome(event));
      return new Transition(state, effects);
    }
    effects.add(new Effect.Count(Counter.CLICKS, rule.name()));
    if (state instanceof Open open) {
      long metAt = moment.time(event.eventTime());
      return new Transition(onOutcomeOfOpen(open, rule, event, cameAt, metAt, effects), effects);
    }
    if (state instanceof Closed closed) {
      Label label = label(closed.labels(), rule.name());
      onOutcomeOf(label, rule, closed.eventTime(), event, cameAt, effects);
      return new Transition(closed, effects);
    }
    List<WaitingOutcome> outcomes =
        state instanceof OutcomesWaiting waiting
            ? new ArrayList<>(waiting.outcomes())
            : new ArrayList<>(1);
    if (waitsUntil(rule, event) <= cameAt || alike(outcomes, event) >= MAX_WAITING) {
      effects.add(unknownImpression(rule, event));
      return new Transition(state, effects);
    }
    outcomes.add(new WaitingOutcome(event, cameAt));
    return new Transition(new OutcomesWaiting(outcomes), effects);
  }

  /** How many words that wait say of the same outcome that it happened, or that it did not. */
  private static int alike(List<WaitingOutcome> waiting, OutcomeEvent event) {
    int alike = 0;
    for (WaitingOutcome other : waiting) {
      boolean same =
          other.event().retracted() == event.retracted()
              && other.event().outcome().equals(event.outcome());
      alike += same ? 1 : 0;
    }
    return alike;
  }

  private static long waitsUntil(OutcomeRule rule, OutcomeEvent event) {
    return event.eventTime() + rule.windowMillis() + rule.rememberedMillis();
  }

  private static @Nullable Label label(List<Label> labels, String outcome) {
    for (int i = 0; i < labels.size(); i++) {
      if (labels.get(i).outcome().equals(outcome)) {
        return labels.get(i);
      }
    }
    return null;
  }

  /** The state of an id whose impression is known, after one more outcome. */
  private Open onOutcomeOfOpen(
      Open open,
      OutcomeRule rule,
      OutcomeEvent event,
      long cameAt,
      long metAt,
      List<Effect> effects) {
    Label before = label(open.labels(), rule.name());
    Label after = onOutcomeOf(before, rule, open.eventTime(), event, cameAt, effects);
    if (before == null || after == null || after.equals(before)) {
      return open;
    }
    if (after.happened() != before.happened() && emission != LabelEmission.ON_WINDOW_END) {
      boolean learnsNow = after.happened() || after.left() != Left.NOTHING;
      if (after.happened()) {
        effects.add(new Effect.Count(Counter.POSITIVES, rule.name()));
      }
      if (learnsNow) {
        long delay = after.happened() ? Math.max(0, metAt - open.metAt()) : 0;
        emit(event.impressionId(), open, rule, after, delay, effects);
        after = after.leaving();
      }
    }
    List<Label> labels = new ArrayList<>(open.labels());
    labels.set(labels.indexOf(before), after);
    return withLabels(open, labels);
  }

  private static Open withLabels(Open open, List<Label> labels) {
    return new Open(
        open.eventTime(), open.metAt(), open.partition(), open.offset(), labels, open.body());
  }

  /**
   * What an outcome makes of a label.
   *
   * @param label null if the impression came when the outcome was not joined, or too late for it
   */
  private @Nullable Label onOutcomeOf(
      @Nullable Label label,
      OutcomeRule rule,
      long impressionTime,
      OutcomeEvent event,
      long cameAt,
      List<Effect> effects) {
    long window = rule.windowMillis();
    long delay = event.eventTime() - impressionTime;
    long windowEnd = impressionTime + window;
    long forgottenAt = impressionTime + rule.rememberedMillis();
    if (label == null
        || delay < -window
        || event.eventTime() > forgottenAt
        || forgottenAt <= cameAt) {
      effects.add(unknownImpression(rule, event));
      return label;
    }
    if (delay > window) {
      String detail = delay + " ms after its impression, expected at most " + window;
      return late(label, rule, event, detail, effects);
    }
    boolean over = windowEnd <= cameAt || label.isFinal();
    if (!event.retracted()
        && (label.happened() || (!over && event.eventTime() <= label.saidAt()))) {
      effects.add(new Effect.Count(Counter.DUPLICATE_CLICKS, rule.name()));
      return over || !label.happened() ? label : label.saidAgain(event);
    }
    if (over) {
      String detail =
          "came after its impression's window had ended at "
              + windowEnd
              + (windowEnd <= cameAt
                  ? ", behind events of " + cameAt
                  : ", in a partition that had long been silent");
      return late(label, rule, event, detail, effects);
    }
    if (event.retracted()) {
      boolean older = event.eventTime() < label.saidAt();
      boolean idle = older || !label.happened();
      effects.add(
          new Effect.Count(idle ? Counter.IDLE_RETRACTIONS : Counter.TAKEN_BACK, rule.name()));
      if (older) {
        return label;
      }
    }
    return label.said(event);
  }

  private static Label late(
      Label label, OutcomeRule rule, OutcomeEvent event, String detail, List<Effect> effects) {
    if (!rule.isClick()) {
      effects.add(new Effect.Count(Counter.LATE, rule.name()));
    }
    effects.add(
        reject(
            rule.isClick() ? RejectionReason.LATE_CLICK : RejectionReason.LATE_OUTCOME,
            event.origin(),
            "impression_id: %s, %s %s".formatted(event.impressionId(), name(event), detail)));
    return label;
  }

  /** When {@link #wake} has something to do for a state: an event time. */
  public long dueTime(JoinState state) {
    if (state instanceof Open open) {
      long earliest = Long.MAX_VALUE;
      for (int i = 0; i < open.labels().size(); i++) {
        earliest = Math.min(earliest, dueTime(open.eventTime(), open.labels().get(i)));
      }
      // Of outcomes that are not joined any more nothing is due but to forget them.
      return earliest == Long.MAX_VALUE ? open.eventTime() : earliest;
    }
    if (state instanceof Closed closed) {
      long latest = closed.eventTime();
      for (int i = 0; i < closed.labels().size(); i++) {
        OutcomeRule rule = rule(closed.labels().get(i).outcome());
        if (rule != null) {
          latest = Math.max(latest, closed.eventTime() + rule.rememberedMillis());
        }
      }
      return latest;
    }
    long earliest = Long.MAX_VALUE;
    for (WaitingOutcome waiting : ((OutcomesWaiting) state).outcomes()) {
      earliest = Math.min(earliest, waitsUntil(waiting.event()));
    }
    return earliest;
  }

  /**
   * Whether {@link #closeUnread} does what {@link #wake} will do with a state when it is due: no
   * outcome has happened, all of them have left as examples, and the last windows end together.
   */
  public boolean closesUnread(JoinState state) {
    if (!(state instanceof Open open)
        || emission == LabelEmission.ON_WINDOW_END
        || open.labels().size() != rules.size()) {
      return false;
    }
    for (int i = 0; i < rules.size(); i++) {
      Label label = open.labels().get(i);
      boolean known =
          !label.happened()
              && label.outcome().equals(rules.get(i).name())
              && (label.isFinal()
                  ? rules.get(i).windowMillis() < longestWindow
                  : rules.get(i).windowMillis() == longestWindow && label.left() == Left.NO);
      if (!known) {
        return false;
      }
    }
    return true;
  }

  /**
   * Ends the windows of an impression whose state was not read.
   *
   * @param due the {@link #dueTime} of a state that {@link #closesUnread} held for, when {@link
   *     #rulesHash} was what it is
   */
  public Transition closeUnread(long due) {
    List<Label> labels = new ArrayList<>(rules.size());
    List<Effect> effects = new ArrayList<>(1);
    for (OutcomeRule rule : rules) {
      labels.add(Label.closed(rule.name(), false));
      if (rule.windowMillis() == longestWindow) {
        effects.add(new Effect.Count(Counter.NEGATIVES, rule.name()));
      }
    }
    Closed closed = new Closed(due - longestWindow, labels);
    return new Transition(dueTime(closed) <= due ? null : closed, effects);
  }

  /** Differs, but for chance, where outcomes or windows do: Avro's CRC-64 of their text. */
  public long rulesHash() {
    String text =
        rules.stream()
            .map(rule -> rule.name() + "=" + rule.windowMillis())
            .collect(Collectors.joining(","));
    return SchemaNormalization.fingerprint64(text.getBytes(StandardCharsets.UTF_8));
  }

  private long dueTime(long impressionTime, Label label) {
    OutcomeRule rule = rule(label.outcome());
    if (rule == null || label.isFinal()) {
      return Long.MAX_VALUE;
    }
    return label.left() == Left.NOTHING && label.learnAt() != 0
        ? label.learnAt()
        : impressionTime + rule.windowMillis();
  }

  private long waitsUntil(OutcomeEvent event) {
    OutcomeRule rule = rule(event.outcome());
    return rule == null ? event.eventTime() : waitsUntil(rule, event);
  }

  /**
   * Does what is due; harmless when nothing is.
   *
   * @param time the event time that was reached
   */
  public Transition wake(String impressionId, @Nullable JoinState state, long time) {
    if (state == null || dueTime(state) > time) {
      return new Transition(state, List.of());
    }
    if (state instanceof Open open) {
      List<Effect> effects = new ArrayList<>(2);
      return new Transition(wake(impressionId, open, time, effects), effects);
    }
    if (state instanceof Closed) {
      return new Transition(null, List.of());
    }
    List<Effect> effects = new ArrayList<>();
    List<WaitingOutcome> remaining = new ArrayList<>();
    for (WaitingOutcome waiting : ((OutcomesWaiting) state).outcomes()) {
      OutcomeRule rule = rule(waiting.event().outcome());
      if (rule == null) {
        effects.add(unknownOutcome(waiting.event()));
      } else if (waitsUntil(rule, waiting.event()) <= time) {
        effects.add(unknownImpression(rule, waiting.event()));
      } else {
        remaining.add(waiting);
      }
    }
    return new Transition(remaining.isEmpty() ? null : new OutcomesWaiting(remaining), effects);
  }

  private @Nullable JoinState wake(
      String impressionId, Open open, long time, List<Effect> effects) {
    List<Label> labels = new ArrayList<>(open.labels().size());
    boolean allFinal = true;
    for (Label label : open.labels()) {
      OutcomeRule rule = rule(label.outcome());
      if (rule == null) {
        continue; // not joined any more
      }
      Label next = label;
      if (dueTime(open.eventTime(), next) <= time && next.left() == Left.NOTHING) {
        emit(impressionId, open, rule, next, 0, effects);
        next = next.leaving();
      }
      if (dueTime(open.eventTime(), next) <= time) {
        if (!next.happened()) {
          effects.add(new Effect.Count(Counter.NEGATIVES, rule.name()));
        } else if (emission == LabelEmission.ON_WINDOW_END) {
          effects.add(new Effect.Count(Counter.POSITIVES, rule.name()));
        }
        next = next.closed();
      }
      allFinal &= next.isFinal();
      labels.add(next);
    }
    if (!allFinal) {
      return withLabels(open, labels);
    }
    Closed closed = new Closed(open.eventTime(), labels);
    return dueTime(closed) <= time ? null : closed;
  }

  private void emit(
      String impressionId,
      Open open,
      OutcomeRule rule,
      Label label,
      long delay,
      List<Effect> effects) {
    effects.add(
        new Effect.Emit(
            new LabelledImpression(
                impressionId,
                rule.name(),
                open.eventTime(),
                open.partition(),
                open.offset(),
                label.happened(),
                label.writtenTime(),
                label.value(),
                open.body(),
                label.left() != Left.NOTHING,
                emission == LabelEmission.ON_WINDOW_END
                    ? 0
                    : open.eventTime() + rule.windowMillis(),
                delay)));
  }

  private static String name(OutcomeEvent event) {
    return event.retracted() ? "retraction of " + event.outcome() : event.outcome();
  }

  private Effect unknownOutcome(OutcomeEvent event) {
    return reject(
        RejectionReason.UNKNOWN_OUTCOME,
        event.origin(),
        "outcome: " + event.outcome() + ", expected one that is joined: " + names());
  }

  private static Effect unknownImpression(OutcomeRule rule, OutcomeEvent event) {
    return reject(
        rule.isClick()
            ? RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION
            : RejectionReason.OUTCOME_FOR_UNKNOWN_IMPRESSION,
        event.origin(),
        "impression_id: "
            + event.impressionId()
            + ", expected an impression within the attribution window of the "
            + name(event)
            + " at "
            + event.eventTime());
  }

  private static Effect reject(RejectionReason reason, Origin origin, String detail) {
    return new Effect.Reject(new Rejection(reason, detail + " (" + origin.place() + ")", origin));
  }
}
