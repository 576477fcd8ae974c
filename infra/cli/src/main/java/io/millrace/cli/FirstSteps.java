package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.SampleFeatures;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What to paste into another terminal for a first look: a ranking, a click on its last result, and
 * the same ranking again, which the click has changed.
 */
final class FirstSteps {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CANDIDATES = 3;

  private FirstSteps() {}

  /**
   * Lines for a shell, with made-up values of the schema's features.
   *
   * @param curl the command that sends a request
   */
  static List<String> of(String curl, URI server, FeatureSchema schema) {
    StringBuilder candidates = new StringBuilder();
    for (int i = 1; i <= CANDIDATES; i++) {
      candidates
          .append(i == 1 ? "" : ",")
          .append(json(Map.of("features", SampleFeatures.of(schema, i))));
    }
    String rank =
        "%s %s/v1/rank -d '{\"candidates\":[%s]}'"
            .formatted(curl, server, candidates.toString().replace("'", "'\\''"));
    return List.of(
        "To see it learn, paste this into another terminal: a ranking, a click on its last result,",
        "and the ranking that the click has changed.",
        "",
        "rank() { " + rank + "; echo; }",
        "first=$(rank); echo \"$first\"",
        "id=$(echo \"$first\" | grep -o '\"impressionId\":\"[^\"]*' | tail -1 | cut -d'\"' -f4)",
        "%s %s/v1/events -d '{\"type\":\"click\",\"impressionId\":\"'\"$id\"'\"}'; echo"
            .formatted(curl, server),
        "sleep 2; rank",
        "");
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("made-up values can be written", e);
    }
  }
}
