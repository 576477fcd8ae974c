package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@link LiveKillCampaign}: each part that can die alone does so once. It takes
 * over two minutes, so it runs by {@code -Dmillrace.deaths=true} alone.
 */
@EnabledIfSystemProperty(named = "millrace.deaths", matches = "true")
class LiveDeathsTest {
  @Test
  void nothingIsLostAndNothingIsTwice(@TempDir Path folder) throws Exception {
    LiveKillCampaign.Result result =
        LiveKillCampaign.run(
            folder,
            List.of(
                LiveKillCampaign.Victim.TRAINING,
                LiveKillCampaign.Victim.INGESTION,
                LiveKillCampaign.Victim.BROKER,
                LiveKillCampaign.Victim.BOTH),
            1);
    assertThat(result.faults()).isEmpty();
    assertThat(result.counts().get("positives")).isPositive();
    assertThat(result.counts().get("impression of a ranking: acknowledged")).isPositive();
  }
}
