package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@link PostedEventsCampaign}. It waits for a window of a minute, so it runs by
 * {@code -Dmillrace.deaths=true} alone.
 */
@EnabledIfSystemProperty(named = "millrace.deaths", matches = "true")
class PostedEventsTest {
  @Test
  void whatWasAnsweredIsLearnedOnceOrKeptAsRejected(@TempDir Path folder) throws Exception {
    PostedEventsCampaign.Result result = PostedEventsCampaign.run(folder, 5_000, 1);
    assertThat(result.faults()).isEmpty();
    assertThat(result.bad()).isPositive();
  }
}
