package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of {@link TrialCampaign}, with bounds as wide as its few experiments need. */
class TrialCampaignTest {
  private static final int EXPERIMENTS = 100;
  private static final int UNITS_OF_ARM = 600;

  private static TrialCampaign.Outcome of(
      Map<String, TrialCampaign.Outcome> outcomes, String method) {
    return Objects.requireNonNull(outcomes.get(method), method);
  }

  @ParameterizedTest
  @EnumSource
  void equalArmsAreRarelyToldApart(TrialCampaign.Data data) {
    Map<String, TrialCampaign.Outcome> outcomes =
        TrialCampaign.run(data, 0, EXPERIMENTS, UNITS_OF_ARM, 5);
    assertThat(of(outcomes, "fixed at its end").seen()).isLessThan(0.14);
    assertThat(of(outcomes, "fixed at every look").seen()).isGreaterThan(0.2);
    assertThat(of(outcomes, "always-valid for the end").seen()).isLessThanOrEqualTo(0.06);
    assertThat(of(outcomes, "mSPRT").seen()).isLessThanOrEqualTo(0.06);
    assertThat(of(outcomes, "group-sequential like O'Brien-Fleming").seen()).isLessThan(0.14);
  }

  @ParameterizedTest
  @EnumSource
  void aLiftIsSeenAndCovered(TrialCampaign.Data data) {
    Map<String, TrialCampaign.Outcome> outcomes =
        TrialCampaign.run(data, 0.99, EXPERIMENTS / 2, UNITS_OF_ARM, 6);
    double fixed = of(outcomes, "fixed at its end").seen();
    assertThat(fixed).isGreaterThan(0.8);
    assertThat(of(outcomes, "always-valid for the end").seen()).isGreaterThan(0.75 * fixed);
    assertThat(of(outcomes, "hybrid").seen()).isGreaterThanOrEqualTo(0.95 * fixed);
    assertThat(of(outcomes, "group-sequential like O'Brien-Fleming").seen())
        .isGreaterThan(0.93 * fixed);
    assertThat(of(outcomes, "fixed at its end").missed()).isLessThan(0.17);
    assertThat(of(outcomes, "always-valid for the end").missed()).isLessThan(0.17);
  }

  @Test
  void soundRunsRaiseNoAlarmAndLossesDo() {
    TrialCampaign.Alarms sound = TrialCampaign.mismatch(0, 20_000, 100, 100, 7);
    assertThat(sound.anytime()).isZero();
    TrialCampaign.Alarms lost = TrialCampaign.mismatch(0.2, 20_000, 100, 20, 8);
    assertThat(lost.anytime()).isEqualTo(1);
    assertThat(lost.fixed()).isEqualTo(1);
  }
}
