package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CommandsPageTest {

  /** {@code .ci/commands-page} writes it anew. */
  @Test
  void thePageHoldsEachCommandAndOption() throws IOException {
    String now = CommandsPage.markdown();
    assertThat(now)
        .contains("## `millrace schema init`", "`--attribution-window WINDOW`", "`IMPRESSION...`")
        .doesNotContain("${", "%n");
    WrittenPage.requireAsNow("docs/reference/cli.md", ".ci/commands-page", now);
  }
}
