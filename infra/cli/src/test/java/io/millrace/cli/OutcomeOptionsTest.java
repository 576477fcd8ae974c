package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingestion.OutcomeRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class OutcomeOptionsTest {
  private static List<OutcomeRule> parse(String... args) {
    OutcomeOptions options = new OutcomeOptions();
    CommandLine.populateCommand(options, args);
    return options.rules();
  }

  @Test
  void clicksAreJoinedAndWhateverElseIsNamed() {
    assertThat(parse())
        .containsExactly(OutcomeRule.click(Duration.ofMinutes(1), Duration.ofMinutes(10)));
    assertThat(parse("--attribution-window", "90", "--outcome", "cart=30m", "--outcome", "sale=7d"))
        .containsExactly(
            OutcomeRule.click(Duration.ofSeconds(90), Duration.ofMinutes(15)),
            new OutcomeRule("cart", Duration.ofMinutes(30), Duration.ofHours(1)),
            new OutcomeRule("sale", Duration.ofDays(7), Duration.ofHours(1)));
  }

  @Test
  void whatIsNoOutcomeIsNamed() {
    assertThatThrownBy(() -> parse("--outcome", "sale=week"))
        .hasMessage(
            "--outcome sale=week: expected a whole number, 1 or more, and s, m, h or d, as 12h");
    assertThatThrownBy(() -> parse("--outcome", "sale"))
        .hasMessage("--outcome sale: expected NAME=WINDOW, as sale=7d");
    assertThatThrownBy(() -> parse("--outcome", "sale=1d", "--outcome", "sale=2d"))
        .hasMessage("--outcome sale=2d: given before, expected each once");
    assertThatThrownBy(() -> parse("--outcome", "sale=90d"))
        .hasMessageStartingWith("--outcome: window of sale: PT2160H, expected at most 60 days");
    assertThatThrownBy(() -> parse("--outcome", "Sale=7d"))
        .hasMessageStartingWith("--outcome: outcome: \"Sale\", expected 1 to 32 letters a to z");
    assertThatThrownBy(() -> parse("--outcome", "click=7d"))
        .hasMessage(
            "--outcome click=7d: clicks are joined anyway, expected --attribution-window 7d");
    assertThatThrownBy(() -> parse("--attribution-window", "0"))
        .hasMessageStartingWith("--attribution-window 0: expected a whole number");
  }
}
