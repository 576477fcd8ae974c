package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a platform joins with impressions, and for how long. */
final class OutcomeOptions {
  @Sets(value = "labels.attributionWindow", seconds = true)
  @Option(
      names = "--attribution-window",
      paramLabel = "WINDOW",
      description =
          "How long after its impression a click counts, as 60s, 10m, 12h or 7d; a number alone is"
              + " seconds (default: 60s).")
  private @Nullable String window;

  @Sets(value = "labels.outcomes", named = true)
  @Option(
      names = "--outcome",
      paramLabel = "NAME=WINDOW",
      description =
          "Joins a further outcome by its name, as conversion=7d; may be repeated. A model predicts"
              + " it with --set model.outcome=conversion.")
  private List<String> others = new ArrayList<>();
}
