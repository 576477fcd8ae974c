package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.experiment.condition.Attributes;
import io.millrace.experiment.condition.JavaScriptValues;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param attributes what is known of them
 * @param enabled whether experiments run at all
 * @param qaMode whether experiments assign only by force
 * @param url of the page, whose query string may force variations
 * @param forcedVariations by key of the experiment
 * @param sticky buckets that they were in before, if buckets are kept
 */
public record UserContext(
    Attributes attributes,
    boolean enabled,
    boolean qaMode,
    String url,
    Map<String, Integer> forcedVariations,
    Optional<StickyBuckets> sticky) {

  /** Somebody with attributes, and nothing forced. */
  public static UserContext of(Attributes attributes) {
    return new UserContext(attributes, true, false, "", Map.of(), Optional.empty());
  }

  /**
   * A context in the specification's form: {@code
   * {"attributes":{…},"enabled","qaMode","url","forcedVariations":{…}}}.
   */
  public static UserContext parse(JsonNode json) {
    Map<String, @Nullable Object> attributes = new HashMap<>();
    json.path("attributes")
        .properties()
        .forEach(entry -> attributes.put(entry.getKey(), JavaScriptValues.of(entry.getValue())));
    Map<String, Integer> forced = new HashMap<>();
    json.path("forcedVariations")
        .properties()
        .forEach(entry -> forced.put(entry.getKey(), entry.getValue().intValue()));
    return new UserContext(
        attributes::get,
        json.path("enabled").asBoolean(true),
        json.path("qaMode").asBoolean(false),
        json.path("url").asText(),
        Map.copyOf(forced),
        Optional.empty());
  }

  /** The same with buckets that are kept. */
  public UserContext with(StickyBuckets buckets) {
    return new UserContext(
        attributes, enabled, qaMode, url, forcedVariations, Optional.of(buckets));
  }
}
