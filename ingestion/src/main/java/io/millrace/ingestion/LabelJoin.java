package io.millrace.ingestion;

import io.millrace.ingestion.JoinState.ClicksWaiting;
import io.millrace.ingestion.JoinState.ImpressionWaiting;
import io.millrace.ingestion.JoinState.Labelled;
import io.millrace.ingestion.JoinState.Provisional;
import io.millrace.ingestion.JoinState.WaitingClick;
import io.millrace.wire.RejectionReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins impressions with clicks, one impression id at a time: decides, and leaves applying to its
 * driver. Stateless and immutable.
 *
 * <p>The contract. With attribution window W and allowed lateness L, an impression at event time t
 * is <em>late</em> if the time at which it came is t + W + L or later. A click at c on an
 * impression that is not late
 *
 * <ul>
 *   <li>labels it if t - W ≤ c ≤ t + W (producers' clocks differ, so it may be earlier) and the
 *       time at which the click came is before t + W,
 *   <li>is late if t + W < c ≤ t + W + L, or if it happened in time and came at t + W or later,
 *   <li>else belongs to no impression; so does one that came at t + W + L or later.
 * </ul>
 *
 * <p><em>The time at which an event came</em> is that of its own partition before it: the latest
 * event time there, less the out-of-orderness ({@link EventClock}). So what an event ends as
 * depends on the order within partitions and not on how they interleave, nor on when they are read.
 * Only where a partition was silent so long that it was not waited for, it is the event time that
 * the others have reached.
 *
 * <p>Legal transitions (null is no state; times of the right column are event times):
 *
 * <pre>
 * null              click → ClicksWaiting           impression → ImpressionWaiting | Labelled
 * ClicksWaiting     click → ClicksWaiting           impression → ImpressionWaiting | Labelled   c + 2 W + L → ClicksWaiting | null
 * ImpressionWaiting click → ImpressionWaiting (emission at the window's end) | Labelled         t + W → Labelled, earlier → Provisional
 * Provisional       click → Labelled                                                            t + W → Labelled
 * Labelled          stays                                                                       t + W + L → null
 * </pre>
 *
 * <p>An impression leaves once with its label at the window's end; or, where examples leave as the
 * clicks come, as clicked with its click, or as not clicked when it has waited for {@link
 * Moment#patience}, and then again if a click corrects it.
 *
 * <p>Why a click waits for c + 2 W + L: its impression may be at c + W, and may come W + L later.
 */
public final class LabelJoin {
  /** More early clicks than this for one id are rejected at once: state has a limit. */
  static final int MAX_WAITING_CLICKS = 16;

  private final long window;
  private final long lateness;
  private final LabelEmission emission;

  /**
   * @param attributionWindow W, at least a millisecond
   * @param allowedLateness L, not negative: how long after its window an impression may come, and a
   *     label is remembered
   */
  public LabelJoin(Duration attributionWindow, Duration allowedLateness, LabelEmission emission) {
    if (attributionWindow.toMillis() < 1) {
      throw new IllegalArgumentException(
          "attributionWindow: " + attributionWindow + ", expected at least 1 ms");
    }
    if (allowedLateness.isNegative()) {
      throw new IllegalArgumentException(
          "allowedLateness: " + allowedLateness + ", expected not negative");
    }
    this.window = attributionWindow.toMillis();
    this.lateness = allowedLateness.toMillis();
    this.emission = emission;
  }

  /**
   * Decides on an impression.
   *
   * @param state of its id, or null
   */
  public Transition onImpression(
      @Nullable JoinState state, ImpressionEvent impression, Moment moment) {
    long cameAt = moment.cameAt();
    List<Effect> effects = new ArrayList<>(3);
    effects.add(new Effect.Count(Counter.IMPRESSIONS));
    if (state != null && !(state instanceof ClicksWaiting)) {
      effects.add(new Effect.Count(Counter.DUPLICATE_IMPRESSIONS));
      return new Transition(state, effects);
    }
    long lateFrom = impression.eventTime() + window + lateness;
    if (lateFrom <= cameAt) {
      effects.add(
          reject(
              RejectionReason.LATE_IMPRESSION,
              impression.origin(),
              "impression of event time "
                  + impression.eventTime()
                  + " came after events of "
                  + cameAt
                  + ", expected before "
                  + lateFrom
                  + ": attribution window and allowed lateness are over"));
      return new Transition(state, effects);
    }
    Origin origin = impression.origin();
    long metAt = moment.time(impression.eventTime());
    JoinState next =
        new ImpressionWaiting(
            impression.eventTime(),
            metAt,
            learnAt(impression.eventTime(), metAt + moment.patience()),
            origin.partition(),
            origin.offset(),
            false,
            0,
            impression.body());
    if (state instanceof ClicksWaiting waiting) {
      for (WaitingClick click : waiting.clicks()) {
        // Of how long the click took, not of when it was found.
        long clickMetAt = Math.max(metAt, click.cameAt());
        next = onClickOfKnown(next, click.event(), click.cameAt(), clickMetAt, effects);
      }
    }
    return new Transition(next, effects);
  }

  private long learnAt(long eventTime, long wanted) {
    return emission == LabelEmission.ON_WINDOW_END || wanted >= eventTime + window ? 0 : wanted;
  }

  /** Decides on a click; parameters as in {@link #onImpression}. */
  public Transition onClick(@Nullable JoinState state, ClickEvent click, Moment moment) {
    long cameAt = moment.cameAt();
    List<Effect> effects = new ArrayList<>(3);
    effects.add(new Effect.Count(Counter.CLICKS));
    if (state != null && !(state instanceof ClicksWaiting)) {
      long metAt = moment.time(click.eventTime());
      return new Transition(onClickOfKnown(state, click, cameAt, metAt, effects), effects);
    }
    List<WaitingClick> clicks =
        state instanceof ClicksWaiting waiting
            ? new ArrayList<>(waiting.clicks())
            : new ArrayList<>(1);
    if (waitsUntil(click) <= cameAt || clicks.size() == MAX_WAITING_CLICKS) {
      effects.add(unknownImpression(click));
      return new Transition(state, effects);
    }
    clicks.add(new WaitingClick(click, cameAt));
    return new Transition(new ClicksWaiting(clicks), effects);
  }

  private long waitsUntil(ClickEvent click) {
    return click.eventTime() + 2 * window + lateness;
  }

  /** The state of an id whose impression is known, after one more click. */
  private JoinState onClickOfKnown(
      JoinState state, ClickEvent click, long cameAt, long metAt, List<Effect> effects) {
    boolean clicked;
    long impressionTime;
    if (state instanceof ImpressionWaiting waiting) {
      clicked = waiting.clicked();
      impressionTime = waiting.eventTime();
    } else if (state instanceof Provisional provisional) {
      clicked = false;
      impressionTime = provisional.eventTime();
    } else {
      Labelled labelled = (Labelled) state;
      clicked = labelled.clicked();
      impressionTime = labelled.eventTime();
    }
    long delay = click.eventTime() - impressionTime;
    long windowEnd = impressionTime + window;
    if (delay < -window || delay > window + lateness || windowEnd + lateness <= cameAt) {
      effects.add(unknownImpression(click));
      return state;
    }
    if (delay > window) {
      effects.add(new Effect.Count(Counter.LATE_CLICKS));
      effects.add(lateClick(click, delay + " ms after its impression, expected at most " + window));
      return state;
    }
    if (clicked) {
      effects.add(new Effect.Count(Counter.DUPLICATE_CLICKS));
      return state;
    }
    if (windowEnd <= cameAt || state instanceof Labelled) {
      effects.add(new Effect.Count(Counter.LATE_CLICKS));
      effects.add(
          lateClick(
              click,
              "came after its impression's window had ended at "
                  + windowEnd
                  + (windowEnd <= cameAt
                      ? ", behind events of " + cameAt
                      : ", in a partition that had long been silent")));
      return state;
    }
    if (emission != LabelEmission.ON_WINDOW_END) {
      effects.add(new Effect.Count(Counter.POSITIVES));
    }
    String id = click.impressionId();
    long written = click.origin().writtenTime();
    if (state instanceof Provisional provisional) {
      effects.add(
          new Effect.Emit(
              new LabelledImpression(
                  id,
                  impressionTime,
                  provisional.partition(),
                  provisional.offset(),
                  true,
                  written,
                  provisional.body(),
                  true,
                  windowEnd,
                  Math.max(0, metAt - provisional.metAt()))));
      return new Labelled(impressionTime, true);
    }
    ImpressionWaiting waiting = (ImpressionWaiting) state;
    if (emission == LabelEmission.ON_WINDOW_END) {
      return new ImpressionWaiting(
          impressionTime,
          waiting.metAt(),
          waiting.learnAt(),
          waiting.partition(),
          waiting.offset(),
          true,
          written,
          waiting.body());
    }
    emit(id, waiting, true, written, Math.max(0, metAt - waiting.metAt()), effects);
    return new Labelled(impressionTime, true);
  }

  /** When {@link #wake} has something to do for a state: an event time. */
  public long dueTime(JoinState state) {
    if (state instanceof ImpressionWaiting waiting) {
      return waiting.learnAt() == 0 ? waiting.eventTime() + window : waiting.learnAt();
    }
    if (state instanceof Provisional provisional) {
      return provisional.eventTime() + window;
    }
    if (state instanceof Labelled labelled) {
      return labelled.eventTime() + window + lateness;
    }
    long earliest = Long.MAX_VALUE;
    for (WaitingClick click : ((ClicksWaiting) state).clicks()) {
      earliest = Math.min(earliest, waitsUntil(click.event()));
    }
    return earliest;
  }

  /**
   * Does what is due; harmless when nothing is.
   *
   * @param time the event time that was reached
   */
  public Transition wake(String impressionId, @Nullable JoinState state, long time) {
    if (state instanceof ImpressionWaiting waiting && dueTime(waiting) <= time) {
      List<Effect> effects = new ArrayList<>(2);
      boolean clicked = waiting.clicked();
      emit(impressionId, waiting, clicked, waiting.clickWrittenTime(), 0, effects);
      if (waiting.learnAt() != 0) {
        return new Transition(
            new Provisional(
                waiting.eventTime(),
                waiting.metAt(),
                waiting.partition(),
                waiting.offset(),
                waiting.body()),
            effects);
      }
      effects.add(new Effect.Count(clicked ? Counter.POSITIVES : Counter.NEGATIVES));
      return new Transition(new Labelled(waiting.eventTime(), clicked), effects);
    }
    if (state instanceof Provisional provisional && dueTime(provisional) <= time) {
      return new Transition(
          new Labelled(provisional.eventTime(), false),
          List.of(new Effect.Count(Counter.NEGATIVES)));
    }
    if (state instanceof Labelled labelled && labelled.eventTime() + window + lateness <= time) {
      return new Transition(null, List.of());
    }
    if (state instanceof ClicksWaiting waiting) {
      List<Effect> effects = new ArrayList<>();
      List<WaitingClick> remaining = new ArrayList<>();
      for (WaitingClick click : waiting.clicks()) {
        if (waitsUntil(click.event()) <= time) {
          effects.add(unknownImpression(click.event()));
        } else {
          remaining.add(click);
        }
      }
      return new Transition(remaining.isEmpty() ? null : new ClicksWaiting(remaining), effects);
    }
    return new Transition(state, List.of());
  }

  private void emit(
      String impressionId,
      ImpressionWaiting waiting,
      boolean clicked,
      long clickWrittenTime,
      long delay,
      List<Effect> effects) {
    effects.add(
        new Effect.Emit(
            new LabelledImpression(
                impressionId,
                waiting.eventTime(),
                waiting.partition(),
                waiting.offset(),
                clicked,
                clickWrittenTime,
                waiting.body(),
                false,
                emission == LabelEmission.ON_WINDOW_END ? 0 : waiting.eventTime() + window,
                delay)));
  }

  private static Effect lateClick(ClickEvent click, String detail) {
    return reject(RejectionReason.LATE_CLICK, click.origin(), "click " + detail);
  }

  private static Effect unknownImpression(ClickEvent click) {
    return reject(
        RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION,
        click.origin(),
        "impression_id: "
            + click.impressionId()
            + ", expected an impression within the attribution window of the click at "
            + click.eventTime());
  }

  private static Effect reject(RejectionReason reason, Origin origin, String detail) {
    return new Effect.Reject(new Rejection(reason, detail + " (" + origin.place() + ")", origin));
  }
}
