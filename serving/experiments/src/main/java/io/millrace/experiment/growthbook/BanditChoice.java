package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The weights of a contextual bandit for one context.
 *
 * @param leaf number of the context, -1 if none fits
 * @param weights of the variations
 * @param version of the bandit
 */
public record BanditChoice(int leaf, List<Double> weights, OptionalInt version) {
  /** No context fits. */
  static final int NO_LEAF = -1;

  public BanditChoice {
    weights = List.copyOf(weights);
  }

  /** The choice of a context. */
  static BanditChoice of(JsonNode context, OptionalInt version) {
    List<Double> weights = new ArrayList<>();
    context.path("weights").forEach(weight -> weights.add(weight.doubleValue()));
    return new BanditChoice(context.path("leafId").asInt(NO_LEAF), weights, version);
  }

  void write(ObjectNode json) {
    json.put("leafId", leaf);
    ArrayNode written = json.putArray("variationWeights");
    weights.forEach(written::add);
    version.ifPresent(number -> json.put("banditVersion", number));
  }
}
