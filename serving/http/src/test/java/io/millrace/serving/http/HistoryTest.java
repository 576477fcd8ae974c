package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final Series A = new Series.Extra("a");
  private static final Series B = new Series.Extra("b");

  @Test
  void keepsTheNewestSamplesAsColumnsWithGaps() {
    History history = new History(3, 10);
    history.add(1, Map.of(A, 1.0));
    history.add(2, Map.of(A, 2.0, B, 20.0));
    history.add(3, Map.of(B, 30.0));
    history.add(4, Map.of(A, 4.0, B, Double.NaN));
    History.Columns all = history.since(0);
    assertThat(all.time()).containsExactly(2, 3, 4);
    assertThat(all.series().get(A)).containsExactly(2.0, null, 4.0);
    assertThat(all.series().get(B)).containsExactly(20.0, 30.0, null);
  }

  @Test
  void givesWhatIsNewerThanAMoment() {
    History history = new History(10, 10);
    history.add(1, Map.of(A, 1.0));
    history.add(2, Map.of(A, 2.0));
    assertThat(history.since(1).time()).containsExactly(2);
    assertThat(history.since(2).time()).isEmpty();
    assertThat(history.since(2).series().get(A)).isEmpty();
  }

  @Test
  void leavesOutSeriesBeyondItsBound() {
    History history = new History(10, 1);
    history.add(1, Map.of(A, 1.0));
    history.add(2, Map.of(A, 2.0, B, 3.0));
    assertThat(history.since(0).series()).containsOnlyKeys(A);
  }
}
