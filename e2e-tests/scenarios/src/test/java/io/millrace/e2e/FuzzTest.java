package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link FuzzCampaign}; by its properties the long one. */
class FuzzTest {
  @Test
  void nonsenseStopsNothingAndEveryEventIsAccountedFor(@TempDir Path folder) throws Exception {
    FuzzCampaign.Result result =
        FuzzCampaign.run(
            new FuzzCampaign.Config(
                folder,
                Long.getLong("millrace.seed", 7),
                Integer.getInteger("millrace.events", 6_000),
                0.5,
                Integer.getInteger("millrace.eventsPerSecond", 600),
                Integer.getInteger("millrace.requests", 800),
                Integer.getInteger("millrace.requestsPerSecond", 100),
                Duration.ofSeconds(Integer.getInteger("millrace.window", 1)),
                "deepfm",
                Boolean.getBoolean("millrace.compared")));
    System.out.println(result.report());
    assertThat(result.faults()).as("seed %d", result.seed()).isEmpty();
  }
}
