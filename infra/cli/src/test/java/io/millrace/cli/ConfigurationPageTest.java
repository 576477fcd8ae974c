package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

  /** {@code .ci/configuration-page} writes it anew. */
  @Test
  void thePageHoldsWhatThereIsToSet() throws IOException {
    Path root = root();
    Path page = root.resolve("docs/reference/configuration.md");
    String now = new ConfigurationPage(new ComponentDocs(root)).markdown();
    if (Boolean.getBoolean("millrace.rewrite")) {
      Files.writeString(page, now);
    }
    assertThat(Files.exists(page) ? Files.readString(page) : "")
        .as("%s is written by .ci/configuration-page", page)
        .isEqualTo(now);
  }

  private static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("CONTRIBUTING.md"))) {
        return at;
      }
    }
    throw new IllegalStateException("no CONTRIBUTING.md above the working directory");
  }
}
