package io.millrace.cli;

import io.millrace.ingestion.OutcomeRule;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private Map<String, String> others = new LinkedHashMap<>();

  /** The outcomes, clicks first. */
  List<OutcomeRule> rules() {
    List<OutcomeRule> rules = new ArrayList<>();
    String clicks = window.matches("[0-9]+") ? window + "s" : window;
    rules.add(rule(OutcomeRule.CLICK, DurationText.parse("--attribution-window", clicks)));
    others.forEach(
        (name, text) -> {
          if (name.equals(OutcomeRule.CLICK)) {
            throw new UserError(
                "--outcome %s=%s: clicks are joined anyway, expected --attribution-window %s"
                    .formatted(name, text, text));
          }
          rules.add(rule(name, DurationText.parse("--outcome " + name, text)));
        });
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
