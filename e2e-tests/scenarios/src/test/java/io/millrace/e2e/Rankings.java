package io.millrace.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;

/** Bodies of rankings of the ad world. */
final class Rankings {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Rankings() {}

  /**
   * A ranking.
   *
   * @param ids of its impressions: the candidate's number is appended; empty for ids by the server
   */
  static byte[] body(String ids, int candidates, int shown, boolean log, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ObjectNode body = MAPPER.createObjectNode().put("k", shown).put("log", log);
    body.set("context", MAPPER.valueToTree(context(random)));
    ArrayNode all = body.putArray("candidates");
    for (int i = 0; i < candidates; i++) {
      ObjectNode features = MAPPER.valueToTree(ad(random));
      if (!ids.isEmpty()) {
        features.put("impression_id", ids + i);
      }
      all.addObject().set("features", features);
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** What all candidates of a ranking share. */
  static Map<String, Object> context(SplittableRandom random) {
    return Map.of(
        "user_id",
        "user-" + random.nextInt(500),
        "user_segment",
        "segment-" + random.nextInt(5),
        "device",
        random.nextBoolean() ? "phone" : "desktop",
        "hour",
        random.nextInt(24));
  }

  /** One of two hundred ads. */
  static Map<String, Object> ad(SplittableRandom random) {
    int ad = random.nextInt(200);
    return Map.of(
        "ad_id", "ad-" + ad,
        "advertiser", "advertiser-" + ad % 20,
        "category", "category-" + ad % 7,
        "price", 1.0 + ad);
  }
}
