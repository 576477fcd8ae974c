package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code /v1/status} says, as lines for a terminal. Pure. */
final class StatusText {
  /** Whose figures a model has: the first of these that it does. */
  private static final List<String> SOURCES = List.of("served", "learner", "total");

  private final JsonNode status;
  private final List<String> lines = new ArrayList<>();

  private StatusText(JsonNode status) {
    this.status = status;
  }

  /** The lines. */
  static List<String> of(JsonNode status) {
    StatusText text = new StatusText(status);
    text.server();
    text.parts();
    text.models();
    text.endpoints();
    text.events();
    return text.lines;
  }

  private void server() {
    long up = status.path("time").asLong() - status.path("startedTime").asLong();
    lines.add(
        "server      %s, up for %s"
            .formatted(status.path("ready").asBoolean() ? "ready" : "not ready", duration(up)));
    status.path("notReady").forEach(reason -> lines.add("            " + reason.asText()));
  }

  private void parts() {
    heading("part", "state", "since");
    for (JsonNode part : status.path("parts")) {
      lines.add(
          "%-40s %-12s %s%s"
              .formatted(
                  part.path("name").asText(),
                  part.path("state").asText(),
                  time(part.path("since").asLong()),
                  part.hasNonNull("reason") ? "  " + part.path("reason").asText() : ""));
    }
  }

  private void models() {
    heading("model", "version", "age", "AUC", "logloss", "pred/act", "examples", "of");
    for (JsonNode model : status.path("models")) {
      JsonNode metrics = model.path("metrics");
      String source =
          SOURCES.stream().filter(s -> metrics.has(s + ".auc")).findFirst().orElse("total");
      lines.add(
          "%-40s %12s %9s %9s %9s %9s %12s  %s"
              .formatted(
                  model.path("name").asText()
                      + (model.hasNonNull("kind") ? " (" + model.path("kind").asText() + ")" : ""),
                  model.hasNonNull("version") ? count(model.path("version")) : "none yet",
                  model.hasNonNull("ageMillis") ? duration(model.path("ageMillis").asLong()) : "–",
                  figure(metrics.path(source + ".auc")),
                  figure(metrics.path(source + ".logloss")),
                  figure(metrics.path(source + ".calibration")),
                  count(metrics.path("learned")),
                  words(source)));
      lines.add("  " + inWords(model));
      JsonNode freshness = model.path("freshness");
      if (freshness.hasNonNull("p50Millis")) {
        lines.add(
            "  from click to served parameters: p50 %s, p99 %s of %s clicks"
                .formatted(
                    duration(freshness.path("p50Millis").asLong()),
                    duration(freshness.path("p99Millis").asLong()),
                    count(freshness.path("count"))));
      }
    }
  }

  /** State, memory, and what is wrong. */
  private static String inWords(JsonNode model) {
    StringBuilder words = new StringBuilder(model.path("state").asText("learning"));
    if (!model.path("aliases").isEmpty()) {
      List<String> aliases = new ArrayList<>();
      model.path("aliases").forEach(alias -> aliases.add(alias.asText()));
      words.append(", answers for ").append(String.join(", ", aliases));
    }
    if (model.hasNonNull("memoryBytes")) {
      words.append(", %.1f MiB".formatted(model.path("memoryBytes").asLong() / 1048576.0));
    }
    for (String trouble : List.of("held", "stale")) {
      if (model.hasNonNull(trouble)) {
        words.append("; ").append(model.path(trouble).asText());
      }
    }
    return words.toString();
  }

  private static String words(String source) {
    return switch (source) {
      case "served" -> "answers, by labels";
      case "learner" -> "learner, nothing was served";
      default -> "progressive";
    };
  }

  private void endpoints() {
    heading("endpoint", "requests", "per s", "p50 ms", "p99 ms", "errors");
    status
        .path("endpoints")
        .fields()
        .forEachRemaining(
            endpoint -> {
              JsonNode counts = endpoint.getValue();
              lines.add(
                  "%-40s %12s %9s %9s %9s %9s"
                      .formatted(
                          endpoint.getKey(),
                          count(counts.path("requests")),
                          oneDecimal(counts.path("requestsPerSecond")),
                          oneDecimal(counts.path("p50Millis")),
                          oneDecimal(counts.path("p99Millis")),
                          count(counts.path("errors"))));
            });
  }

  private void events() {
    heading("events", "count");
    JsonNode ingestion = status.path("ingestion");
    counts(ingestion.path("counts"), "");
    if (ingestion.hasNonNull("lag")) {
      lines.add("%-40s %12s".formatted("waiting in Kafka", count(ingestion.path("lag"))));
    }
    counts(status.path("impressions"), "impressions ");
    if (ingestion.hasNonNull("eventTime")) {
      lines.add("joined up to " + time(ingestion.path("eventTime").asLong()));
    }
    if (ingestion.hasNonNull("waitsFor")) {
      lines.add(ingestion.path("waitsFor").asText());
    }
  }

  private void counts(JsonNode counts, String prefix) {
    counts
        .fields()
        .forEachRemaining(
            one -> {
              if (one.getValue().isNumber()) {
                lines.add(
                    "%-40s %12s".formatted(prefix + spaced(one.getKey()), count(one.getValue())));
              }
            });
  }

  /** A name of a count in words: {@code taken_back} and {@code waitingBytes} have two. */
  private static String spaced(String name) {
    return name.replaceAll("([a-z])([A-Z])", "$1 $2").replace('_', ' ').toLowerCase(Locale.ROOT);
  }

  private void heading(String first, String... others) {
    StringBuilder line = new StringBuilder("%-40s".formatted(first));
    for (int i = 0; i < others.length; i++) {
      boolean text = first.equals("part") || others[i].equals("of");
      line.append(text ? " %-12s" : i == 0 || others[i].equals("examples") ? " %12s" : " %9s");
    }
    lines.add("");
    lines.add(line.toString().formatted((Object[]) others).stripTrailing());
  }

  private static String figure(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.4f", value.asDouble()) : "–";
  }

  private static String oneDecimal(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f", value.asDouble()) : "–";
  }

  private static String count(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%,d", value.asLong()) : "–";
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String duration(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    Duration d = Duration.ofMillis(millis);
    if (d.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }
    return d.toHours() < 1
        ? "%d min %d s".formatted(d.toMinutes(), d.toSecondsPart())
        : "%d h %d min".formatted(d.toHours(), d.toMinutesPart());
  }
}
