package io.millrace.cli;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

  /** {@code .ci/configuration-page} writes it anew. */
  @Test
  void thePageHoldsWhatThereIsToSet() throws IOException {
    WrittenPage.requireAsNow(
        "docs/reference/configuration.md",
        ".ci/configuration-page",
        new ConfigurationPage(new ComponentDocs(WrittenPage.root())).markdown());
  }
}
