package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an experiment has shown, for a terminal. */
final class ResultsText {
  private ResultsText() {}

  /** The lines of a read-out. */
  static List<String> of(JsonNode readout) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, %s: %s"
            .formatted(
                readout.path("experiment").asText(),
                readout.path("state").asText(),
                readout.at("/verdict/words").asText()));
    if (readout.hasNonNull("lastChange")) {
      lines.add(
          "%s, at %s: %s"
              .formatted(
                  readout.at("/lastChange/by").asText(),
                  readout.at("/lastChange/at").asText(),
                  readout.at("/lastChange/reason").asText()));
    }
    TextTable arms = new TextTable("arm", "share", "units", "in two arms", "not counted");
    for (JsonNode arm : readout.path("arms")) {
      arms.row(
          arm.path("arm").asText(),
          "%.1f %%".formatted(100 * arm.path("share").asDouble()),
          count(arm.path("units")),
          count(arm.path("crossed")),
          count(arm.path("ignored")));
    }
    add(lines, arms);
    lines.add(readout.at("/mismatch/words").asText());
    for (JsonNode metric : readout.path("metrics")) {
      lines.add("");
      addMetric(lines, metric);
    }
    for (JsonNode rail : readout.path("guardRails")) {
      lines.add(rail.path("words").asText());
    }
    lines.add("");
    lines.add(readout.path("interference").asText());
    readout.path("notes").forEach(note -> lines.add(note.asText()));
    return lines;
  }

  private static void addMetric(List<String> lines, JsonNode metric) {
    String name = metric.path("outcome").asText() + " " + metric.path("kind").asText();
    TextTable table =
        new TextTable(
            name + (metric.path("decides").asBoolean() ? ", decides" : ""),
            "impressions",
            "mean",
            "lift",
            "interval",
            "p",
            "to beat");
    for (JsonNode level : metric.path("levels")) {
      JsonNode effect = effect(metric, level.path("arm").asText());
      JsonNode lift = effect.path("relativeLift");
      JsonNode interval = deciding(lift);
      table.row(
          level.path("arm").asText(),
          count(level.path("impressions")),
          number(level.path("mean"), "%.5f", 1),
          number(lift.path("value"), "%+.2f %%", 100),
          interval.hasNonNull("lower") && interval.hasNonNull("upper")
              ? number(interval.path("lower"), "%+.2f", 100)
                  + " to "
                  + number(interval.path("upper"), "%+.2f %%", 100)
              : "–",
          number(effect.path("adjustedPValue"), "%.4f", 1),
          number(effect.path("probabilityToBeat"), "%.1f %%", 100));
    }
    add(lines, table);
    for (JsonNode effect : metric.path("effects")) {
      JsonNode absent = effect.at("/relativeLift/absent");
      if (absent.isTextual()) {
        lines.add(effect.path("arm").asText() + ": " + absent.asText());
      }
      JsonNode power = effect.at("/power/words");
      if (power.isTextual()) {
        lines.add(effect.path("arm").asText() + ": " + power.asText());
      }
    }
  }

  private static JsonNode effect(JsonNode metric, String arm) {
    for (JsonNode effect : metric.path("effects")) {
      if (effect.path("arm").asText().equals(arm)) {
        return effect;
      }
    }
    return metric.path("of no treatment");
  }

  private static JsonNode deciding(JsonNode estimate) {
    for (JsonNode interval : estimate.path("intervals")) {
      if (interval.path("decides").asBoolean()) {
        return interval;
      }
    }
    return estimate.path("no interval");
  }

  private static void add(List<String> lines, TextTable table) {
    table.toString().lines().forEach(lines::add);
  }

  private static String count(JsonNode number) {
    return String.format(Locale.ROOT, "%,d", number.asLong());
  }

  private static String number(JsonNode number, String format, double times) {
    return number.isNumber() ? String.format(Locale.ROOT, format, times * number.asDouble()) : "–";
  }
}
