package io.millrace.world;

import java.util.List;

/**
 * The truth: who clicks what, and when. A logit is the sum of what context, ad and both together
 * contribute; tastes of segments for categories wander slowly.
 */
final class Tastes {
  static final List<String> SEGMENTS =
      List.of("student", "parent", "gamer", "retiree", "professional", "saver");
  static final List<String> DEVICES = List.of("phone", "desktop", "tablet", "tv");

  private static final double[] SEGMENT_LOGIT = {-1.3, 0.7, 0.1, -0.7, 1.2, -1.0};
  private static final double[] DEVICE_LOGIT = {0.5, -0.3, 0.1, -1.4};
  private static final double HOUR_SWING = 0.6;
  private static final double CATEGORY_SPREAD = 0.4;
  private static final double TASTE_SPREAD = 0.7;
  private static final double TASTE_DRIFT = 0.3;
  private static final long TASTE_PERIOD_MILLIS = 15 * 60_000L;
  private static final double DEVICE_TASTE_SPREAD = 0.15;
  private static final double USER_SPREAD = 0.2;
  private static final double USER_TASTE_SPREAD = 0.1;
  private static final double PRICE_SLOPE = 0.15;
  private static final double HISTORY_LIFT = 0.4;

  /** Spread of the advertisers' and ads' own parts of the logit. */
  static final double ADVERTISER_SPREAD = 0.4;

  static final double AD_SPREAD = 0.2;

  private final long seed;
  private final double baseLogit;

  Tastes(long seed, double baseLogit) {
    this.seed = Noise.hash(seed, 0x7A57E, 0);
    this.baseLogit = baseLogit;
  }

  /**
   * The true probability of a click within the attribution window.
   *
   * @param historyShare the share of the ad's category in the user's history
   */
  double clickProbability(
      Population.User user,
      int device,
      int hour,
      double historyShare,
      Inventory.Listing listing,
      long timeMillis) {
    int category = listing.category();
    int segment = user.segment();
    double logit =
        baseLogit
            + SEGMENT_LOGIT[segment]
            + DEVICE_LOGIT[device]
            + HOUR_SWING * Math.cos(2 * Math.PI * (hour - 20) / 24)
            + CATEGORY_SPREAD * Noise.gaussian(seed, 1, category)
            + taste(segment, category, timeMillis)
            + DEVICE_TASTE_SPREAD * Noise.gaussian(seed, 100 + device, category)
            + USER_SPREAD * Noise.gaussian(seed, 1_000 + user.index(), -1)
            + USER_TASTE_SPREAD * Noise.gaussian(seed, 1_000 + user.index(), category)
            - PRICE_SLOPE * (1 + 0.5 * Noise.gaussian(seed, 2, segment)) * listing.priceDeviation()
            + HISTORY_LIFT * historyShare
            + listing.quality();
    return 1 / (1 + Math.exp(-logit));
  }

  /** What a segment thinks of a category at a time, as a part of the logit. */
  double taste(int segment, int category, long timeMillis) {
    int key = segment * Inventory.CATEGORIES.size() + category;
    return TASTE_SPREAD * Noise.gaussian(seed, 3, key)
        + TASTE_DRIFT * Noise.wander(seed, key, timeMillis, TASTE_PERIOD_MILLIS);
  }
}
