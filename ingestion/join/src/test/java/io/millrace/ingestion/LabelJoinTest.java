package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingestion.JoinState.Closed;
import io.millrace.ingestion.JoinState.Label;
import io.millrace.ingestion.JoinState.Open;
import io.millrace.ingestion.JoinState.OutcomesWaiting;
import io.millrace.wire.Counter;
import io.millrace.wire.RejectionReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LabelJoinTest {
  private static final long T = TestEvents.NOW;
  private static final LabelJoin JOIN =
      new LabelJoin(
          List.of(OutcomeRule.click(Duration.ofMillis(20), Duration.ofMillis(10))),
          LabelEmission.AS_CLICKS_COME);

  private static ImpressionEvent impression(long time) {
    return new ImpressionEvent(
        "i", time, new byte[] {7}, TestEvents.origin("impressions", 3, new byte[] {1}));
  }

  private static OutcomeEvent click(long time) {
    return OutcomeEvent.click("i", time, TestEvents.origin("clicks", 4, new byte[] {2}));
  }

  private static @Nullable RejectionReason reason(Transition transition) {
    return rejection(transition).map(Rejection::reason).orElse(null);
  }

  private static String detail(Transition transition) {
    return rejection(transition).orElseThrow().detail();
  }

  private static Optional<Rejection> rejection(Transition transition) {
    return transition.effects().stream()
        .filter(Effect.Reject.class::isInstance)
        .map(effect -> ((Effect.Reject) effect).rejection())
        .findFirst();
  }

  @Test
  void aClickLabelsItsImpressionAtOnce() {
    JoinState waiting = JOIN.onImpression(null, impression(T), Moment.of(Long.MIN_VALUE)).next();
    Transition clicked = JOIN.onOutcome(waiting, click(T + 20), Moment.of(Long.MIN_VALUE));

    assertThat(JOIN.dueTime(next(clicked))).as("the window's end").isEqualTo(T + 20);
    JoinState closed = next(JOIN.wake("i", next(clicked), T + 20));
    assertThat(closed).isEqualTo(closed(true));
    assertThat(JOIN.dueTime(closed)).isEqualTo(T + 30);
    assertThat(clicked.effects())
        .filteredOn(Effect.Emit.class::isInstance)
        .singleElement()
        .satisfies(
            effect -> {
              LabelledImpression example = ((Effect.Emit) effect).example();
              assertThat(example.happened()).isTrue();
              assertThat(example.writtenTime()).isEqualTo(TestEvents.NOW);
            });
  }

  @Test
  void anImpressionLeavesWithoutClickWhenItHasWaitedAndAClickCorrectsIt() {
    JoinState waiting = next(JOIN.onImpression(null, impression(T), moment(T - 3, T - 2, 7)));
    assertThat(JOIN.dueTime(waiting)).as("7 ms after the join met it").isEqualTo(T + 5);

    Transition left = JOIN.wake("i", waiting, T + 5);
    assertThat(emitted(left))
        .usingRecursiveComparison()
        .isEqualTo(
            new LabelledImpression(
                "i", "click", T, 0, 3, false, 0, null, new byte[] {7}, false, T + 20, 0));
    assertThat(JOIN.dueTime(next(left))).as("the window's end").isEqualTo(T + 20);
    assertThat(JOIN.closesUnread(waiting)).as("its example has not left").isFalse();
    assertThat(JOIN.closesUnread(next(left))).isTrue();
    assertThat(JOIN.closeUnread(T + 20)).isEqualTo(JOIN.wake("i", next(left), T + 20));

    Transition clicked = JOIN.onOutcome(left.next(), click(T + 9), moment(T + 7, T + 6, 0));
    assertThat(JOIN.closesUnread(next(clicked))).isFalse();
    assertThat(emitted(clicked))
        .usingRecursiveComparison()
        .isEqualTo(
            new LabelledImpression(
                "i",
                "click",
                T,
                0,
                3,
                true,
                TestEvents.NOW,
                null,
                new byte[] {7},
                true,
                T + 20,
                9));
    assertThat(JOIN.wake("i", clicked.next(), T + 20))
        .isEqualTo(new Transition(closed(true), List.of()));
    assertThat(clicked.effects()).contains(new Effect.Count(Counter.POSITIVES));

    Transition ended = JOIN.wake("i", left.next(), T + 20);
    assertThat(ended.next()).isEqualTo(closed(false));
    assertThat(ended.effects()).containsExactly(new Effect.Count(Counter.NEGATIVES));
  }

  /** In a backlog clicks may be read first: the law of delays is told how long they took. */
  @Test
  void aClickThatWasReadFirstTookAsLongAsItTook() {
    JoinState early = next(JOIN.onOutcome(null, click(T + 9), moment(T + 8, T - 5, 0)));
    Transition found = JOIN.onImpression(early, impression(T), moment(T - 1, T - 5, 7));
    assertThat(emitted(found).delay()).isEqualTo(9);
  }

  @Test
  void aPatienceBeyondTheWindowEndsWithIt() {
    JoinState waiting = next(JOIN.onImpression(null, impression(T), moment(T, T, 20)));
    assertThat(JOIN.dueTime(waiting)).isEqualTo(T + 20);
    Transition left = JOIN.wake("i", waiting, T + 20);
    assertThat(left.next()).isEqualTo(closed(false));
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
    assertThat(detail(late)).startsWith("impression_id: i, impression of event time " + T);
    assertThat(late.next()).isNull();

    Transition justInTime = JOIN.onImpression(null, impression(T), Moment.of(T + 29));
    assertThat(reason(justInTime)).isNull();
    assertThat(justInTime.next()).isInstanceOf(Open.class);
  }

  @Test
  void aClickThatArrivesAfterItsNegativeIsLateEvenIfItHappenedInTime() {
    Transition transition = JOIN.onOutcome(closed(false), click(T + 5), Moment.of(T + 25));
    assertThat(reason(transition)).isEqualTo(RejectionReason.LATE_CLICK);
    assertThat(transition.effects())
        .as("a late click has one count, that of its reason")
        .noneMatch(
            effect -> effect instanceof Effect.Count count && count.counter() == Counter.LATE);
    assertThat(detail(transition))
        .startsWith("impression_id: i, click came after its impression's");
  }

  @Test
  void aClickThatCameBehindItsWindowsEndIsLateInEitherOrder() {
    JoinState waiting = JOIN.onImpression(null, impression(T), Moment.of(Long.MIN_VALUE)).next();
    Transition after = JOIN.onOutcome(waiting, click(T + 5), Moment.of(T + 20));
    assertThat(reason(after)).isEqualTo(RejectionReason.LATE_CLICK);
    assertThat(after.next()).isSameAs(waiting);

    JoinState early = JOIN.onOutcome(null, click(T + 5), Moment.of(T + 20)).next();
    Transition before = JOIN.onImpression(early, impression(T), Moment.of(Long.MIN_VALUE));
    assertThat(reason(before)).isEqualTo(RejectionReason.LATE_CLICK);
    assertThat(before.next()).usingRecursiveComparison().isEqualTo(waiting);
  }

  @Test
  void anImpressionThatComesWithinTheLatenessFindsItsClick() {
    JoinState early = JOIN.onOutcome(null, click(T + 5), Moment.of(T)).next();
    JoinState kept = JOIN.wake("i", early, T + 29).next();
    Transition late = JOIN.onImpression(kept, impression(T), Moment.of(T + 29));
    assertThat(emitted(late).happened()).isTrue();
  }

  @Test
  void anOrphanWhoseWaitIsOverIsRejectedAtOnce() {
    assertThat(JOIN.onOutcome(null, click(T), Moment.of(T + 49)).next())
        .isInstanceOf(OutcomesWaiting.class);
    Transition transition = JOIN.onOutcome(null, click(T), Moment.of(T + 50));
    assertThat(reason(transition)).isEqualTo(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION);
    assertThat(transition.next()).isNull();
  }

  @Test
  void earlyClicksOfOneIdAreLimited() {
    JoinState state = null;
    for (int i = 0; i < LabelJoin.MAX_WAITING; i++) {
      state = JOIN.onOutcome(state, click(T + i), Moment.of(Long.MIN_VALUE)).next();
    }
    Transition oneMore = JOIN.onOutcome(state, click(T + 99), Moment.of(Long.MIN_VALUE));
    assertThat(reason(oneMore)).isEqualTo(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION);
    assertThat(oneMore.next())
        .isInstanceOfSatisfying(
            OutcomesWaiting.class,
            waiting -> assertThat(waiting.outcomes()).hasSize(LabelJoin.MAX_WAITING));
  }

  /** A producer's retries leave room for what is taken back, and for other outcomes. */
  @Test
  void earlyWordsOfOneKindDoNotStarveOthers() {
    JoinState state = null;
    for (int i = 0; i < 2 * LabelJoin.MAX_WAITING; i++) {
      state = TWO.onOutcome(state, click(T + i), Moment.of(Long.MIN_VALUE)).next();
    }
    state = TWO.onOutcome(state, retraction(T + 19), Moment.of(Long.MIN_VALUE)).next();
    state = TWO.onOutcome(state, conversion(T + 40, 1), Moment.of(Long.MIN_VALUE)).next();
    Open found = (Open) next(TWO.onImpression(state, impression(T), Moment.of(Long.MIN_VALUE)));
    assertThat(found.labels()).extracting(Label::happened).containsExactly(false, true);
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
  void aRetractionTakesBackWhatWasLearned() {
    JoinState waiting = next(JOIN.onImpression(null, impression(T), moment(T, T, 7)));
    JoinState clicked = next(JOIN.onOutcome(waiting, click(T + 4), moment(T, T, 0)));
    Transition taken = JOIN.onOutcome(clicked, retraction(T + 9), moment(T, T, 0));
    assertThat(emitted(taken))
        .usingRecursiveComparison()
        .isEqualTo(
            new LabelledImpression(
                "i", "click", T, 0, 3, false, 0, null, new byte[] {7}, true, T + 20, 0));
    assertThat(taken.effects()).contains(new Effect.Count(Counter.TAKEN_BACK));

    Transition repeated = JOIN.onOutcome(taken.next(), click(T + 8), moment(T, T, 0));
    assertThat(repeated.effects())
        .as("a click of before the retraction")
        .containsExactly(
            new Effect.Count(Counter.CLICKS), new Effect.Count(Counter.DUPLICATE_CLICKS));
    Transition again = JOIN.onOutcome(taken.next(), click(T + 10), moment(T, T, 0));
    assertThat(emitted(again).happened()).isTrue();
    assertThat(emitted(again).corrects()).isTrue();

    Transition ended = JOIN.wake("i", taken.next(), T + 20);
    assertThat(ended.next()).isEqualTo(closed(false));
    assertThat(ended.effects()).containsExactly(new Effect.Count(Counter.NEGATIVES));
    assertThat(reason(JOIN.onOutcome(closed(true), retraction(T + 9), Moment.of(T + 20))))
        .as("the label is final")
        .isEqualTo(RejectionReason.LATE_CLICK);
  }

  private static OutcomeEvent retraction(long time) {
    return new OutcomeEvent(
        "i", "click", time, null, true, TestEvents.origin("clicks", 5, new byte[] {3}));
  }

  private static final LabelJoin TWO =
      new LabelJoin(
          List.of(
              OutcomeRule.click(Duration.ofMillis(20), Duration.ofMillis(10)),
              new OutcomeRule("conversion", Duration.ofMillis(100), Duration.ofMillis(5))),
          LabelEmission.AS_CLICKS_COME);

  private static OutcomeEvent conversion(long time, double value) {
    return new OutcomeEvent(
        "i", "conversion", time, value, false, TestEvents.origin("clicks", 6, new byte[] {4}));
  }

  @Test
  void eachOutcomeHasAnExampleAndAWindowOfItsOwn() {
    JoinState waiting = next(TWO.onImpression(null, impression(T), moment(T, T, 7)));
    Transition left = TWO.wake("i", waiting, T + 7);
    assertThat(left.effects()).hasSize(2);
    Transition clickOver = TWO.wake("i", left.next(), T + 20);
    assertThat(clickOver.effects()).containsExactly(new Effect.Count(Counter.NEGATIVES));
    assertThat(TWO.dueTime(next(clickOver))).isEqualTo(T + 100);
    assertThat(((Open) next(clickOver)).body()).containsExactly(7);

    Transition late = TWO.onOutcome(clickOver.next(), click(T + 20), Moment.of(T + 25));
    assertThat(reason(late)).isEqualTo(RejectionReason.LATE_CLICK);
    Transition converted =
        TWO.onOutcome(clickOver.next(), conversion(T + 90, 12.5), moment(T + 90, T + 90, 0));
    assertThat(emitted(converted).outcome()).isEqualTo("conversion");
    assertThat(emitted(converted).value()).isEqualTo(12.5);
    assertThat(emitted(converted).finalAt()).isEqualTo(T + 100);
    Transition over = TWO.wake("i", converted.next(), T + 100);
    assertThat(over.next())
        .as("no features any more")
        .isEqualTo(
            new Closed(T, List.of(Label.closed("click", false), Label.closed("conversion", true))));
    assertThat(TWO.dueTime(next(over))).isEqualTo(T + 105);
    assertThat(reason(TWO.onOutcome(over.next(), click(T + 20), Moment.of(T + 31))))
        .as("the click's lateness is over, the conversion's is not")
        .isEqualTo(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION);
  }

  @Test
  void anImpressionThatIsLateForOneOutcomeHasTheLabelOfTheOther() {
    Transition late = TWO.onImpression(null, impression(T), moment(T + 30, T + 30, 7));
    assertThat(late.effects())
        .containsExactly(
            new Effect.Count(Counter.IMPRESSIONS), new Effect.Count(Counter.MISSED_IMPRESSIONS));
    assertThat(((Open) next(late)).labels())
        .singleElement()
        .satisfies(label -> assertThat(label.outcome()).isEqualTo("conversion"));
    assertThat(reason(TWO.onOutcome(late.next(), click(T + 5), Moment.of(T + 10))))
        .isEqualTo(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION);
  }

  @Test
  void anOutcomeThatIsNotJoinedIsNamed() {
    Transition refused = JOIN.onOutcome(null, conversion(T, 1), Moment.of(T));
    assertThat(refused.effects())
        .singleElement()
        .satisfies(
            effect ->
                assertThat(((Effect.Reject) effect).rejection().detail())
                    .startsWith("outcome: conversion, expected one that is joined: click"));
    assertThat(reason(refused)).isEqualTo(RejectionReason.UNKNOWN_OUTCOME);
  }

  /** A platform may be started again with an outcome more or less. */
  @Test
  void whatIsStoredMeetsOtherOutcomes() {
    JoinState ofTwo = next(TWO.onImpression(null, impression(T), moment(T, T, 100)));
    assertThat(JOIN.dueTime(ofTwo)).isEqualTo(T + 20);
    assertThat(JOIN.wake("i", ofTwo, T + 20).next()).isEqualTo(closed(false));

    JoinState ofOne = next(JOIN.onImpression(null, impression(T), moment(T, T, 100)));
    assertThat(reason(TWO.onOutcome(ofOne, conversion(T, 1), Moment.of(T))))
        .isEqualTo(RejectionReason.OUTCOME_FOR_UNKNOWN_IMPRESSION);

    LabelJoin conversions =
        new LabelJoin(
            List.of(new OutcomeRule("conversion", Duration.ofMillis(100), Duration.ZERO)),
            LabelEmission.AS_CLICKS_COME);
    assertThat(conversions.wake("i", ofOne, conversions.dueTime(ofOne)).next()).isNull();
    JoinState early = next(JOIN.onOutcome(null, click(T), Moment.of(T)));
    Transition refused = conversions.wake("i", early, conversions.dueTime(early));
    assertThat(refused.next()).isNull();
    assertThat(reason(refused)).isEqualTo(RejectionReason.UNKNOWN_OUTCOME);
  }

  private static Closed closed(boolean clicked) {
    return new Closed(T, List.of(Label.closed(OutcomeRule.CLICK, clicked)));
  }

  private static Moment moment(long cameAt, long reached, long patience) {
    return new Moment(cameAt, reached, rule -> patience);
  }

  @Test
  void rulesAreChecked() {
    assertThatThrownBy(() -> OutcomeRule.click(Duration.ZERO, Duration.ZERO))
        .hasMessage("window of click: PT0S, expected at least 1 ms");
    assertThatThrownBy(() -> OutcomeRule.click(Duration.ofMillis(1), Duration.ofMillis(-1)))
        .hasMessage("lateness of click: PT-0.001S, expected not negative");
    assertThatThrownBy(() -> new OutcomeRule("Kauf!", Duration.ofMillis(1), Duration.ZERO))
        .hasMessageStartingWith("outcome: \"Kauf!\", expected 1 to 32 letters");
    List<OutcomeRule> many =
        java.util.stream.IntStream.range(0, 16)
            .mapToObj(i -> new OutcomeRule("o" + i, Duration.ofMillis(1), Duration.ZERO))
            .toList();
    assertThatThrownBy(() -> new LabelJoin(many, LabelEmission.AS_CLICKS_COME))
        .hasMessage("outcomes: 16, expected at most 15");
    assertThatThrownBy(() -> OutcomeRule.click(Duration.ofDays(61), Duration.ZERO))
        .hasMessage("window of click: PT1464H, expected at most 60 days");
    assertThatThrownBy(() -> new LabelJoin(List.of(), LabelEmission.AS_CLICKS_COME))
        .hasMessage("outcomes: none, expected at least one");
    OutcomeRule click = OutcomeRule.click(Duration.ofMillis(1), Duration.ZERO);
    assertThatThrownBy(() -> new LabelJoin(List.of(click, click), LabelEmission.AS_CLICKS_COME))
        .hasMessage("outcomes: click, click, expected each name once");
  }
}
