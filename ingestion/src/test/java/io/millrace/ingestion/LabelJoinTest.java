package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingestion.JoinState.ClicksWaiting;
import io.millrace.ingestion.JoinState.ImpressionWaiting;
import io.millrace.ingestion.JoinState.Labelled;
import io.millrace.wire.RejectionReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LabelJoinTest {
  private static final long T = TestEvents.NOW;
  private static final LabelJoin JOIN =
      new LabelJoin(Duration.ofMillis(20), Duration.ofMillis(10), LabelEmission.AS_CLICKS_COME);

  private static ImpressionEvent impression(long time) {
    return new ImpressionEvent(
        "i", time, new byte[] {7}, TestEvents.origin("impressions", 3, new byte[] {1}));
  }

  private static ClickEvent click(long time) {
    return new ClickEvent("i", time, TestEvents.origin("clicks", 4, new byte[] {2}));
  }

  private static @Nullable RejectionReason reason(Transition transition) {
    return transition.effects().stream()
        .filter(Effect.Reject.class::isInstance)
        .map(effect -> ((Effect.Reject) effect).rejection().reason())
        .findFirst()
        .orElse(null);
  }

  @Test
  void aClickLabelsItsImpressionAtOnce() {
    JoinState waiting = JOIN.onImpression(null, impression(T), Moment.of(Long.MIN_VALUE)).next();
    Transition clicked = JOIN.onClick(waiting, click(T + 20), Moment.of(Long.MIN_VALUE));

    assertThat(clicked.next()).isEqualTo(new Labelled(T, true));
    assertThat(JOIN.dueTime(new Labelled(T, true))).isEqualTo(T + 30);
    assertThat(clicked.effects())
        .filteredOn(Effect.Emit.class::isInstance)
        .singleElement()
        .satisfies(
            effect -> {
              LabelledImpression example = ((Effect.Emit) effect).example();
              assertThat(example.clicked()).isTrue();
              assertThat(example.clickWrittenTime()).isEqualTo(TestEvents.NOW);
            });
  }

  @Test
  void anImpressionLeavesWithoutClickWhenItHasWaitedAndAClickCorrectsIt() {
    JoinState waiting = next(JOIN.onImpression(null, impression(T), new Moment(T - 3, T - 2, 7)));
    assertThat(JOIN.dueTime(waiting)).as("7 ms after the join met it").isEqualTo(T + 5);

    Transition left = JOIN.wake("i", waiting, T + 5);
    assertThat(emitted(left))
        .usingRecursiveComparison()
        .isEqualTo(
            new LabelledImpression("i", T, 0, 3, false, 0, new byte[] {7}, false, T + 20, 0));
    assertThat(JOIN.dueTime(next(left))).as("the window's end").isEqualTo(T + 20);

    Transition clicked = JOIN.onClick(left.next(), click(T + 9), new Moment(T + 7, T + 6, 0));
    assertThat(emitted(clicked))
        .usingRecursiveComparison()
        .isEqualTo(
            new LabelledImpression(
                "i", T, 0, 3, true, TestEvents.NOW, new byte[] {7}, true, T + 20, 9));
    assertThat(clicked.next()).isEqualTo(new Labelled(T, true));
    assertThat(clicked.effects()).contains(new Effect.Count(Counter.POSITIVES));

    Transition ended = JOIN.wake("i", left.next(), T + 20);
    assertThat(ended.next()).isEqualTo(new Labelled(T, false));
    assertThat(ended.effects()).containsExactly(new Effect.Count(Counter.NEGATIVES));
  }

  /** In a backlog clicks may be read first: the law of delays is told how long they took. */
  @Test
  void aClickThatWasReadFirstTookAsLongAsItTook() {
    JoinState early = next(JOIN.onClick(null, click(T + 9), new Moment(T + 8, T - 5, 0)));
    Transition found = JOIN.onImpression(early, impression(T), new Moment(T - 1, T - 5, 7));
    assertThat(emitted(found).delay()).isEqualTo(9);
  }

  @Test
  void aPatienceBeyondTheWindowEndsWithIt() {
    JoinState waiting = next(JOIN.onImpression(null, impression(T), new Moment(T, T, 20)));
    assertThat(JOIN.dueTime(waiting)).isEqualTo(T + 20);
    Transition left = JOIN.wake("i", waiting, T + 20);
    assertThat(left.next()).isEqualTo(new Labelled(T, false));
    assertThat(left.effects()).contains(new Effect.Count(Counter.NEGATIVES));
  }

  private static JoinState next(Transition transition) {
    return java.util.Objects.requireNonNull(transition.next());
  }

  private static LabelledImpression emitted(Transition transition) {
    return transition.effects().stream()
        .filter(Effect.Emit.class::isInstance)
        .map(effect -> ((Effect.Emit) effect).example())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anImpressionWhoseWindowAndLatenessAreOverIsRejected() {
    Transition late = JOIN.onImpression(null, impression(T), Moment.of(T + 30));
    assertThat(reason(late)).isEqualTo(RejectionReason.LATE_IMPRESSION);
    assertThat(late.next()).isNull();

    Transition justInTime = JOIN.onImpression(null, impression(T), Moment.of(T + 29));
    assertThat(reason(justInTime)).isNull();
    assertThat(justInTime.next()).isInstanceOf(ImpressionWaiting.class);
  }

  @Test
  void aClickThatArrivesAfterItsNegativeIsLateEvenIfItHappenedInTime() {
    Transition transition = JOIN.onClick(new Labelled(T, false), click(T + 5), Moment.of(T + 25));
    assertThat(reason(transition)).isEqualTo(RejectionReason.LATE_CLICK);
    assertThat(transition.effects()).contains(new Effect.Count(Counter.LATE_CLICKS));
  }

  @Test
  void aClickThatCameBehindItsWindowsEndIsLateInEitherOrder() {
    JoinState waiting = JOIN.onImpression(null, impression(T), Moment.of(Long.MIN_VALUE)).next();
    Transition after = JOIN.onClick(waiting, click(T + 5), Moment.of(T + 20));
    assertThat(reason(after)).isEqualTo(RejectionReason.LATE_CLICK);
    assertThat(after.next()).isSameAs(waiting);

    JoinState early = JOIN.onClick(null, click(T + 5), Moment.of(T + 20)).next();
    Transition before = JOIN.onImpression(early, impression(T), Moment.of(Long.MIN_VALUE));
    assertThat(reason(before)).isEqualTo(RejectionReason.LATE_CLICK);
    assertThat(before.next()).usingRecursiveComparison().isEqualTo(waiting);
  }

  @Test
  void anImpressionThatComesWithinTheLatenessFindsItsClick() {
    JoinState early = JOIN.onClick(null, click(T + 5), Moment.of(T)).next();
    JoinState kept = JOIN.wake("i", early, T + 29).next();
    Transition late = JOIN.onImpression(kept, impression(T), Moment.of(T + 29));
    assertThat(late.next()).isEqualTo(new Labelled(T, true));
  }

  @Test
  void anOrphanWhoseWaitIsOverIsRejectedAtOnce() {
    assertThat(JOIN.onClick(null, click(T), Moment.of(T + 49)).next())
        .isInstanceOf(ClicksWaiting.class);
    Transition transition = JOIN.onClick(null, click(T), Moment.of(T + 50));
    assertThat(reason(transition)).isEqualTo(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION);
    assertThat(transition.next()).isNull();
  }

  @Test
  void earlyClicksOfOneIdAreLimited() {
    JoinState state = null;
    for (int i = 0; i < LabelJoin.MAX_WAITING_CLICKS; i++) {
      state = JOIN.onClick(state, click(T + i), Moment.of(Long.MIN_VALUE)).next();
    }
    Transition oneMore = JOIN.onClick(state, click(T + 99), Moment.of(Long.MIN_VALUE));
    assertThat(reason(oneMore)).isEqualTo(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION);
    assertThat(oneMore.next())
        .isInstanceOfSatisfying(
            ClicksWaiting.class,
            waiting -> assertThat(waiting.clicks()).hasSize(LabelJoin.MAX_WAITING_CLICKS));
  }

  @Test
  void wakingTooEarlyChangesNothing() {
    JoinState waiting = JOIN.onImpression(null, impression(T), Moment.of(Long.MIN_VALUE)).next();
    Transition early = JOIN.wake("i", waiting, T + 19);
    assertThat(early.next()).isSameAs(waiting);
    assertThat(early.effects()).isEmpty();
    assertThat(JOIN.wake("i", null, T).effects()).isEmpty();
  }

  @Test
  void durationsAreChecked() {
    assertThatThrownBy(
            () -> new LabelJoin(Duration.ZERO, Duration.ZERO, LabelEmission.AS_CLICKS_COME))
        .hasMessage("attributionWindow: PT0S, expected at least 1 ms");
    assertThatThrownBy(
            () ->
                new LabelJoin(
                    Duration.ofMillis(1), Duration.ofMillis(-1), LabelEmission.AS_CLICKS_COME))
        .hasMessage("allowedLateness: PT-0.001S, expected not negative");
  }
}
