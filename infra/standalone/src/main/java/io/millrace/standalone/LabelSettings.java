package io.millrace.standalone;

import io.millrace.ingestion.OutcomeRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a platform joins with impressions, and for how long.
 *
 * @param attributionWindow how long after its impression a click counts
 * @param outcomes windows of further outcomes by their names, as {@code {sale: 7d}}; a model
 *     predicts one by its setting {@code outcome}
 */
public record LabelSettings(Duration attributionWindow, Map<String, Duration> outcomes) {

  /** Clicks within a minute. */
  public static final LabelSettings DEFAULT = new LabelSettings(Duration.ofMinutes(1), Map.of());

  public LabelSettings {
    outcomes = Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
    if (attributionWindow.isZero()) {
      throw new IllegalArgumentException("attributionWindow: 0s, expected a positive duration");
    }
    if (outcomes.containsKey(OutcomeRule.CLICK)) {
      throw new IllegalArgumentException(
          "outcomes.click: clicks are joined anyway, expected attributionWindow for their window");
    }
    rule("attributionWindow", OutcomeRule.CLICK, attributionWindow);
    outcomes.forEach((name, window) -> rule("outcomes." + name, name, window));
  }

  /** The outcomes, clicks first, each remembered for the usual time. */
  public List<OutcomeRule> rules() {
    List<OutcomeRule> rules = new ArrayList<>();
    rules.add(rule("attributionWindow", OutcomeRule.CLICK, attributionWindow));
    outcomes.forEach((name, window) -> rules.add(rule("outcomes." + name, name, window)));
    return rules;
  }

  private static OutcomeRule rule(String key, String name, Duration window) {
    try {
      return new OutcomeRule(name, window, PlatformConfig.latenessOf(window));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }
}
