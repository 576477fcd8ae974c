package io.millrace.world;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page asks for an ad. Names of features are those of the feature schema {@code
 * io.millrace.demo.AdImpression}.
 *
 * @param timeMillis when
 * @param hour of the day where the user is, 0 to 23
 * @param history categories that the user clicked last, oldest first
 * @param candidates different ads
 */
public record AdRequest(
    long timeMillis,
    String userId,
    String userSegment,
    String device,
    int hour,
    List<String> history,
    List<Ad> candidates) {

  /** Copies the lists. */
  public AdRequest {
    history = List.copyOf(history);
    candidates = List.copyOf(candidates);
  }

  /** The features that all candidates share. */
  public Map<String, Object> contextFeatures() {
    Map<String, Object> features = new LinkedHashMap<>();
    features.put("user_id", userId);
    features.put("user_segment", userSegment);
    features.put("device", device);
    features.put("hour", hour);
    features.put("history", history);
    return features;
  }

  /** The features of one candidate; a missing price is null. */
  public static Map<String, @Nullable Object> adFeatures(Ad ad) {
    Map<String, @Nullable Object> features = new LinkedHashMap<>();
    features.put("ad_id", ad.id());
    features.put("advertiser", ad.advertiser());
    features.put("category", ad.category());
    features.put("price", ad.price());
    return features;
  }
}
