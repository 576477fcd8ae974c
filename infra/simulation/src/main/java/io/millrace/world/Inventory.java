package io.millrace.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The live ads. Each of a fixed number of places holds one ad at a time, which retires after the
 * place's term (20 to 100 minutes) and makes room for the next one: which ad is live is a function
 * of the time.
 */
final class Inventory {
  static final List<String> CATEGORIES =
      List.of("travel", "sports", "fashion", "games", "finance", "food", "cars", "music");

  private static final int ADVERTISERS = 40;
  private static final double ZIPF_EXPONENT = 0.9;
  private static final double MISSING_PRICE_SHARE = 0.03;
  private static final long SHORTEST_TERM_MILLIS = 20 * 60_000L;
  private static final long LONGEST_TERM_MILLIS = 100 * 60_000L;

  /**
   * An ad with what only the world knows.
   *
   * @param category index in {@link #CATEGORIES}
   * @param quality its part of the logit, its advertiser's included
   * @param priceDeviation of the price's logarithm from the usual one, in standard deviations
   */
  record Listing(Ad ad, int category, double quality, double priceDeviation) {}

  private final long seed;
  private final Zipf popularity;
  private final @Nullable Listing[] live;
  private final long[] generations;
  private final int[] drawn;

  Inventory(long seed, int places, int candidates) {
    this.seed = Noise.hash(seed, 0xAD, 0);
    this.popularity = new Zipf(places, ZIPF_EXPONENT);
    this.live = new Listing[places];
    this.generations = new long[places];
    this.drawn = new int[candidates];
  }

  /** Draws different ads that are live, by popularity. */
  List<Listing> draw(long timeMillis, SplittableRandom random) {
    List<Listing> listings = new ArrayList<>(drawn.length);
    Arrays.fill(drawn, -1);
    while (listings.size() < drawn.length) {
      int place = popularity.next(random);
      if (!contains(place)) {
        drawn[listings.size()] = place;
        listings.add(at(place, timeMillis));
      }
    }
    return listings;
  }

  /** The ad that is live in a place. */
  Listing at(int place, long timeMillis) {
    long term =
        SHORTEST_TERM_MILLIS
            + (long)
                ((LONGEST_TERM_MILLIS - SHORTEST_TERM_MILLIS) * Noise.uniform(seed, place, -1));
    long phase = (long) (term * Noise.uniform(seed, place, -2));
    long generation = Math.floorDiv(timeMillis + phase, term);
    Listing listing = live[place];
    if (listing == null || generations[place] != generation) {
      listing = listing(place, generation);
      live[place] = listing;
      generations[place] = generation;
    }
    return listing;
  }

  private Listing listing(int place, long generation) {
    long own = Noise.hash(seed, place, generation);
    int advertiser = (int) (ADVERTISERS * Noise.uniform(own, 0, 0));
    // An advertiser sells in three categories.
    int category =
        Math.floorMod(
            Noise.hash(seed, advertiser, 1_000 + (int) (3 * Noise.uniform(own, 1, 0))),
            CATEGORIES.size());
    double priceDeviation = Noise.gaussian(own, 2, 0);
    boolean priced = Noise.uniform(own, 3, 0) >= MISSING_PRICE_SHARE;
    double price = Math.exp(3 + 0.8 * priceDeviation);
    double bid = Math.exp(0.35 * Noise.gaussian(own, 4, 0));
    double quality =
        Tastes.ADVERTISER_SPREAD * Noise.gaussian(seed, advertiser, -3)
            + Tastes.AD_SPREAD * Noise.gaussian(own, 5, 0);
    Ad ad =
        new Ad(
            "ad-" + place + "-" + Long.toString(generation, 36),
            "advertiser-" + advertiser,
            CATEGORIES.get(category),
            priced ? Math.round(price * 100) / 100.0 : null,
            Math.round(bid * 100) / 100.0);
    return new Listing(ad, category, quality, priced ? priceDeviation : 0);
  }

  private boolean contains(int place) {
    for (int p : drawn) {
      if (p == place) {
        return true;
      }
    }
    return false;
  }
}
