package io.millrace.ingestion;

import io.millrace.ingestion.JoinState.ClicksWaiting;
import io.millrace.ingestion.JoinState.ImpressionWaiting;
import io.millrace.ingestion.JoinState.Labelled;
import io.millrace.wire.RejectionReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins impressions with clicks, one impression id at a time: decides, and leaves applying to its
 * driver. Stateless and immutable.
 *
 * <p>With an impression at event time t, attribution window W and allowed lateness L, a click at c
 *
 * <ul>
 *   <li>labels the impression if t - W ≤ c ≤ t + W (producers' clocks differ, so it may be
 *       earlier),
 *   <li>is late if t + W < c ≤ t + W + L, or if the label was given before it arrived,
 *   <li>else belongs to no impression.
 * </ul>
 *
 * <p>Legal transitions (null is no state):
 *
 * <pre>
 * null              click → ClicksWaiting         impression → ImpressionWaiting | Labelled
 * ClicksWaiting     click → ClicksWaiting         impression → ImpressionWaiting | Labelled    c + W → ClicksWaiting | null
 * ImpressionWaiting click → ImpressionWaiting | Labelled (emission on click)                   t + W → Labelled
 * Labelled          stays                                                                  t + W + L → null
 * </pre>
 *
 * <p>Why it depends on event times and not on arrival: the driver reads two topics that interleave
 * as they like. As long as nothing arrives below the watermark, each rule above is a function of t
 * and c alone. An impression that arrives when its window is already over is rejected: its clicks
 * may have been given up, and a wrong negative is worse than none.
 */
public final class LabelJoin {
  /** More early clicks than this for one id are rejected at once: state has a limit. */
  static final int MAX_WAITING_CLICKS = 16;

  private final long window;
  private final long lateness;
  private final LabelEmission emission;

  /**
   * @param attributionWindow W, at least a millisecond
   * @param allowedLateness L, not negative: how long a label is remembered after its window
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
   * @param watermark event time up to which everything is thought to have arrived
   */
  public Transition onImpression(
      @Nullable JoinState state, ImpressionEvent impression, long watermark) {
    List<Effect> effects = new ArrayList<>(3);
    effects.add(new Effect.Count(Counter.IMPRESSIONS));
    if (state instanceof ImpressionWaiting || state instanceof Labelled) {
      effects.add(new Effect.Count(Counter.DUPLICATE_IMPRESSIONS));
      return new Transition(state, effects);
    }
    long windowEnd = impression.eventTime() + window;
    if (windowEnd <= watermark) {
      effects.add(
          reject(
              RejectionReason.LATE_IMPRESSION,
              impression.origin(),
              "impression of event time "
                  + impression.eventTime()
                  + " arrived when the watermark was "
                  + watermark
                  + ", expected before the end of its attribution window at "
                  + windowEnd));
      return new Transition(state, effects);
    }
    Origin origin = impression.origin();
    JoinState next =
        new ImpressionWaiting(
            impression.eventTime(),
            origin.partition(),
            origin.offset(),
            false,
            0,
            impression.body());
    if (state instanceof ClicksWaiting waiting) {
      for (ClickEvent click : waiting.clicks()) {
        next = onClickOfKnown(next, click, effects);
      }
    }
    return new Transition(next, effects);
  }

  /** Decides on a click; parameters as in {@link #onImpression}. */
  public Transition onClick(@Nullable JoinState state, ClickEvent click, long watermark) {
    List<Effect> effects = new ArrayList<>(3);
    effects.add(new Effect.Count(Counter.CLICKS));
    if (state != null && !(state instanceof ClicksWaiting)) {
      return new Transition(onClickOfKnown(state, click, effects), effects);
    }
    long waitsUntil = click.eventTime() + window;
    List<ClickEvent> clicks =
        state instanceof ClicksWaiting waiting
            ? new ArrayList<>(waiting.clicks())
            : new ArrayList<>(1);
    if (waitsUntil <= watermark || clicks.size() == MAX_WAITING_CLICKS) {
      effects.add(unknownImpression(click));
      return new Transition(state, effects);
    }
    clicks.add(click);
    return new Transition(new ClicksWaiting(clicks), effects);
  }

  /** The state of an id whose impression is known, after one more click. */
  private JoinState onClickOfKnown(JoinState state, ClickEvent click, List<Effect> effects) {
    boolean clicked;
    long impressionTime;
    if (state instanceof ImpressionWaiting waiting) {
      clicked = waiting.clicked();
      impressionTime = waiting.eventTime();
    } else {
      Labelled labelled = (Labelled) state;
      clicked = labelled.clicked();
      impressionTime = labelled.eventTime();
    }
    long delay = click.eventTime() - impressionTime;
    if (delay < -window || delay > window + lateness) {
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
    if (!(state instanceof ImpressionWaiting waiting)) {
      effects.add(new Effect.Count(Counter.LATE_CLICKS));
      effects.add(lateClick(click, "arrived after its impression was labelled as not clicked"));
      return state;
    }
    ImpressionWaiting labelled =
        new ImpressionWaiting(
            waiting.eventTime(),
            waiting.partition(),
            waiting.offset(),
            true,
            click.origin().writtenTime(),
            waiting.body());
    if (emission == LabelEmission.ON_WINDOW_END) {
      return labelled;
    }
    return label(click.impressionId(), labelled, effects);
  }

  /** When {@link #wake} has something to do for a state: a watermark. */
  public long dueTime(JoinState state) {
    if (state instanceof ImpressionWaiting waiting) {
      return waiting.eventTime() + window;
    }
    if (state instanceof Labelled labelled) {
      return labelled.eventTime() + window + lateness;
    }
    long earliest = Long.MAX_VALUE;
    for (ClickEvent click : ((ClicksWaiting) state).clicks()) {
      earliest = Math.min(earliest, click.eventTime());
    }
    return earliest + window;
  }

  /**
   * Does what is due; harmless when nothing is.
   *
   * @param watermark the event time that was reached
   */
  public Transition wake(String impressionId, @Nullable JoinState state, long watermark) {
    if (state instanceof ImpressionWaiting waiting && waiting.eventTime() + window <= watermark) {
      List<Effect> effects = new ArrayList<>(3);
      return new Transition(label(impressionId, waiting, effects), effects);
    }
    if (state instanceof Labelled labelled
        && labelled.eventTime() + window + lateness <= watermark) {
      return new Transition(null, List.of());
    }
    if (state instanceof ClicksWaiting waiting) {
      List<Effect> effects = new ArrayList<>();
      List<ClickEvent> remaining = new ArrayList<>();
      for (ClickEvent click : waiting.clicks()) {
        if (click.eventTime() + window <= watermark) {
          effects.add(unknownImpression(click));
        } else {
          remaining.add(click);
        }
      }
      return new Transition(remaining.isEmpty() ? null : new ClicksWaiting(remaining), effects);
    }
    return new Transition(state, List.of());
  }

  private Labelled label(String impressionId, ImpressionWaiting waiting, List<Effect> effects) {
    effects.add(
        new Effect.Emit(
            new LabelledImpression(
                impressionId,
                waiting.eventTime(),
                waiting.partition(),
                waiting.offset(),
                waiting.clicked(),
                waiting.clickWrittenTime(),
                waiting.body())));
    return new Labelled(waiting.eventTime(), waiting.clicked());
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
