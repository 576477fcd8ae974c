package io.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectNamesTest {
  @Test
  void theStrategiesOfConfluentsClients() {
    assertThat(new SubjectNames("impressions", SubjectNames.STRATEGIES).of("shop.Ad"))
        .containsExactly("shop.Ad", "impressions-value", "impressions-shop.Ad");
  }

  @Test
  void namesOfOnesOwnWatchedOnce() {
    assertThat(
            new SubjectNames("impressions", List.of("team.{record}", "ads", "ads")).of("shop.Ad"))
        .containsExactly("team.shop.Ad", "ads");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{recrod}", "{topic}-{", "}"})
  void aPatternThatNamesNoSubjectIsRefused(String pattern) {
    assertThatThrownBy(() -> SubjectNames.check(List.of("{record}", pattern)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("subjects: \"" + pattern + "\", expected the name of a subject");
  }

  @Test
  void noneIsRefused() {
    assertThatThrownBy(() -> SubjectNames.check(List.of()))
        .hasMessageContaining("subjects: none, expected at least one");
  }
}
