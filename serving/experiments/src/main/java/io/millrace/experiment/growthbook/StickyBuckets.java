package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.experiment.condition.JavaScriptValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which variations one user was in, by the attribute that named the unit: documents of {@code
 * {"attributeName","attributeValue","assignments":{"experiment__version":"variation"}}}. For use by
 * one thread.
 */
public final class StickyBuckets {
  private final Map<String, Document> documents = new LinkedHashMap<>();

  /** What is kept of one unit. */
  private record Document(String attribute, String value, Map<String, String> assignments) {}

  /** Adds what is kept of a unit. */
  public void add(JsonNode json) {
    Map<String, String> assignments =
        document(json.path("attributeName").asText(), json.path("attributeValue").asText())
            .assignments();
    json.path("assignments")
        .properties()
        .forEach(entry -> assignments.put(entry.getKey(), entry.getValue().asText()));
  }

  private Document document(String attribute, String value) {
    return documents.computeIfAbsent(
        id(attribute, value), id -> new Document(attribute, value, new LinkedHashMap<>()));
  }

  private static String id(String attribute, String value) {
    return attribute + "||" + value;
  }

  /** All that is kept, by attribute and value. */
  public ObjectNode toJson() {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    documents.forEach(
        (id, document) -> {
          ObjectNode json = all.putObject(id);
          json.put("attributeName", document.attribute());
          json.put("attributeValue", document.value());
          ObjectNode assignments = json.putObject("assignments");
          document.assignments().forEach(assignments::put);
        });
    return all;
  }

  /**
   * What is known of a user in an experiment.
   *
   * @param variation index, -1 if none is known
   * @param blocked whether it is of a version that has been given up
   */
  record Known(int variation, boolean blocked) {
    static final Known NOTHING = new Known(-1, false);
  }

  Known find(InlineExperiment experiment, UserContext user) {
    Map<String, String> assignments = new LinkedHashMap<>();
    Hashing hashing = experiment.hashing();
    for (String attribute : List.of(hashing.fallback(), hashing.attribute())) {
      Object value = user.attributes().value(attribute);
      Document document =
          documents.get(id(attribute, value == null ? "" : JavaScriptValues.string(value)));
      if (!attribute.isEmpty() && document != null) {
        assignments.putAll(document.assignments());
      }
    }
    for (int version = 0; version < hashing.minVersion(); version++) {
      if (assignments.containsKey(key(experiment, version))) {
        return new Known(-1, true);
      }
    }
    return new Known(index(experiment, assignments.get(key(experiment, hashing.version()))), false);
  }

  private static int index(InlineExperiment experiment, @Nullable String variation) {
    List<String> keys = new ArrayList<>();
    experiment.variations().forEach(each -> keys.add(each.key()));
    return variation == null ? -1 : keys.indexOf(variation);
  }

  private static String key(InlineExperiment experiment, int version) {
    return experiment.key() + "__" + version;
  }

  /** Keeps that a unit is in a variation. */
  void put(InlineExperiment experiment, String attribute, String value, String variation) {
    document(attribute, value)
        .assignments()
        .put(key(experiment, experiment.hashing().version()), variation);
  }
}
