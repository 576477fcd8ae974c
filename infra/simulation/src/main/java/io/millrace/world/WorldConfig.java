package io.millrace.world;

import java.time.Duration;

/**
 * What a world is made of. Shares are probabilities in [0, 1].
 *
 * @param seed everything else being equal, worlds of the same seed are the same
 * @param users how many users there are
 * @param ads how many ads are live at any time
 * @param candidates how many different ads a request offers
 * @param clickRate of the best candidates by true probability times bid, over a day
 * @param explorationShare of requests that offer only a random few candidates, so that the ranking
 *     doesn't decide alone what is learned about
 * @param attributionWindow clicks that count come within it after the impression
 * @param medianClickDelay of the clicks that count, before they are cut to the window; the law is
 *     log-normal with a standard deviation of {@link #DELAY_SPREAD}
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
    double clickRate,
    double explorationShare,
    Duration attributionWindow,
    Duration medianClickDelay,
    double lateClickShare,
    double duplicateClickShare,
    double duplicateImpressionShare,
    double invalidShare) {

  /**
   * Standard deviation of the logarithm of a delay: that of the {@code attributed_time} less the
   * {@code click_time} of 227 installs in TalkingData's AdTracking sample, whose median is 1/90 of
   * half a day.
   */
  static final double DELAY_SPREAD = 2.5;

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
        medianClickDelay.toMillis() >= 1 && medianClickDelay.compareTo(attributionWindow) < 0,
        "medianClickDelay",
        medianClickDelay,
        "at least a millisecond and less than the attribution window, " + attributionWindow);
    require(clickRate > 0 && clickRate < 1, "clickRate", clickRate, "a value between 0 and 1");
    requireShare("explorationShare", explorationShare);
    requireShare("lateClickShare", lateClickShare);
    requireShare("duplicateClickShare", duplicateClickShare);
    requireShare("duplicateImpressionShare", duplicateImpressionShare);
    requireShare("invalidShare", invalidShare);
  }

  /** The demo's world: 4,000 users, 300 live ads, 20 candidates, a window of ten minutes. */
  public static WorldConfig defaults(long seed) {
    return new WorldConfig(
        seed,
        4_000,
        300,
        20,
        0.13,
        0.15,
        Duration.ofMinutes(10),
        Duration.ofMillis(6_700),
        0.005,
        0.01,
        0.005,
        0.002);
  }

  /** The same with another click rate and window, and delays that are the same part of it. */
  public WorldConfig with(double rate, Duration window) {
    return new WorldConfig(
        seed,
        users,
        ads,
        candidates,
        rate,
        explorationShare,
        window,
        Duration.ofMillis(Math.max(1, window.toMillis() / 90)),
        lateClickShare,
        duplicateClickShare,
        duplicateImpressionShare,
        invalidShare);
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
