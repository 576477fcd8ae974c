package io.millrace.world;

import java.time.Duration;

/**
 * What a world is made of. Shares are probabilities in [0, 1].
 *
 * @param seed everything else being equal, worlds of the same seed are the same
 * @param users how many users there are
 * @param ads how many ads are live at any time
 * @param candidates how many different ads a request offers
 * @param explorationShare of requests that offer only a random few candidates, so that the ranking
 *     doesn't decide alone what is learned about
 * @param attributionWindow clicks that count come within it after the impression
 * @param meanClickDelay of the clicks that count, before they are cut to the window
 * @param lateClickShare clicks after the window, per click within it
 * @param duplicateClickShare of clicks that are sent twice
 * @param duplicateImpressionShare of impressions that are sent twice
 * @param invalidShare invalid events per impression
 */
public record WorldConfig(
    long seed,
    int users,
    int ads,
    int candidates,
    double explorationShare,
    Duration attributionWindow,
    Duration meanClickDelay,
    double lateClickShare,
    double duplicateClickShare,
    double duplicateImpressionShare,
    double invalidShare) {

  /** Checks ranges. */
  public WorldConfig {
    require(users >= 1, "users", users, "at least 1");
    require(candidates >= 1, "candidates", candidates, "at least 1");
    require(ads >= candidates, "ads", ads, "at least the number of candidates, " + candidates);
    require(
        attributionWindow.toMillis() >= 1000,
        "attributionWindow",
        attributionWindow,
        "at least a second");
    require(
        meanClickDelay.toMillis() >= 1 && meanClickDelay.compareTo(attributionWindow) < 0,
        "meanClickDelay",
        meanClickDelay,
        "at least a millisecond and less than the attribution window, " + attributionWindow);
    requireShare("explorationShare", explorationShare);
    requireShare("lateClickShare", lateClickShare);
    requireShare("duplicateClickShare", duplicateClickShare);
    requireShare("duplicateImpressionShare", duplicateImpressionShare);
    requireShare("invalidShare", invalidShare);
  }

  /** The demo's world: 4,000 users, 300 live ads, 20 candidates, a window of 3 seconds. */
  public static WorldConfig defaults(long seed) {
    return new WorldConfig(
        seed,
        4_000,
        300,
        20,
        0.15,
        Duration.ofSeconds(3),
        Duration.ofMillis(900),
        0.005,
        0.01,
        0.005,
        0.002);
  }

  private static void requireShare(String name, double share) {
    require(share >= 0 && share <= 1, name, share, "from 0 to 1");
  }

  private static void require(boolean holds, String name, Object value, String expectation) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + ", expected " + expectation);
    }
  }
}
