package io.millrace.cli;

import io.millrace.ingestion.OutcomeRule;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What a platform joins with impressions, and for how long. */
final class OutcomeOptions {
  @Option(
      names = "--attribution-window",
      paramLabel = "WINDOW",
      description =
          "How long after its impression a click counts, as 60s, 10m, 12h or 7d; a number alone is"
              + " seconds (default: ${DEFAULT-VALUE}).")
  private String window = "60s";

  @Option(
      names = "--outcome",
      paramLabel = "NAME=WINDOW",
      description =
          "Joins a further outcome by its name, as conversion=7d; may be repeated. A model predicts"
              + " it with --set '{\"outcome\":\"conversion\"}'.")
  private List<String> others = new ArrayList<>();

  /** The outcomes, clicks first. */
  List<OutcomeRule> rules() {
    List<OutcomeRule> rules = new ArrayList<>();
    Duration clicks = DurationText.orSeconds("--attribution-window " + window, window);
    rules.add(rule(OutcomeRule.CLICK, clicks));
    for (String other : others) {
      String[] parts = other.split("=", -1);
      if (parts.length != 2) {
        throw new UserError("--outcome %s: expected NAME=WINDOW, as sale=7d".formatted(other));
      }
      String name = parts[0];
      if (name.equals(OutcomeRule.CLICK)) {
        throw new UserError(
            "--outcome %s: clicks are joined anyway, expected --attribution-window %s"
                .formatted(other, parts[1]));
      }
      if (rules.stream().anyMatch(rule -> rule.name().equals(name))) {
        throw new UserError("--outcome %s: given before, expected each once".formatted(other));
      }
      rules.add(rule(name, DurationText.parse("--outcome " + other, parts[1])));
    }
    return rules;
  }

  private static OutcomeRule rule(String name, Duration window) {
    try {
      return new OutcomeRule(name, window, PlatformConfig.latenessOf(window));
    } catch (IllegalArgumentException e) {
      throw new UserError("--outcome: " + e.getMessage());
    }
  }
}
