package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short {@link KillCampaign}; {@code -Dmillrace.kills=20 -Dmillrace.rows=600000} is the full one.
 * Half-way the events get a feature, unless {@code -Dmillrace.addFeature=} says none.
 */
class KilledReplayTest {
  @Test
  void aReplayKilledAtRandomMomentsLosesNothingAndLearnsNothingTwice(@TempDir Path folder)
      throws Exception {
    int kills = Integer.getInteger("millrace.kills", 3);
    int rows = Integer.getInteger("millrace.rows", 60_000);
    String model = System.getProperty("millrace.model", "fm");
    long seed = Long.getLong("millrace.seed", 7);
    String feature = System.getProperty("millrace.addFeature", "genres");

    KillCampaign.Result result =
        feature.isEmpty()
            ? KillCampaign.run(folder, model, rows, kills, seed)
            : KillCampaign.run(folder, model, rows, kills, seed, "--add-feature", feature);

    System.out.println(result);
    assertThat(result.kills()).as("processes killed while they ran").isPositive();
    assertThat(result.lost()).as("%s", result).isZero();
    assertThat(result.mislabeled()).as("%s", result).isZero();
    assertThat(result.learned()).as("%s", result).isEqualTo(result.rows());
    assertThat(result.reported()).as("%s", result).isEqualTo(result.rows());
    assertThat(result.reportedPositives()).as("%s", result).isEqualTo(result.positives());
    assertThat(result.rejected()).as("%s", result).isEqualTo(result.unusable());
    assertThat(result.rejectedTwice()).as("%s", result).isZero();
    assertThat(result.difference()).as("%s", result).isEmpty();
  }
}
