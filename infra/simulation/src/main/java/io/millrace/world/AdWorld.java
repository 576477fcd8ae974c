package io.millrace.world;

import io.millrace.world.Outcome.Consequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * An advertising market: users come in bursts and ask for ads, their tastes drift, ads appear and
 * retire, clicks are delayed, and a few events are late, sent twice or invalid. The true
 * probability of each click is known.
 *
 * <p>The caller advances time; everything random comes from the seed, so the same calls give the
 * same answers. Memory is bounded: users' histories, and the clicks that are not due yet.
 */
public final class AdWorld {
  private static final double LONGEST_DELAY_IN_WINDOWS = 0.9;
  private static final long LATE_BY_AT_LEAST_MILLIS = 1_500;
  private static final double MEAN_LATENESS_MILLIS = 3_000;
  private static final int FEW_CANDIDATES = 3;

  private record PendingClick(long dueMillis, Population.User user, String category) {}

  /** A request together with what the world must remember to judge an ad for it. */
  public static final class Opportunity {
    private final AdRequest request;
    private final Population.Visit visit;
    private final List<Inventory.Listing> listings;

    private Opportunity(
        AdRequest request, Population.Visit visit, List<Inventory.Listing> listings) {
      this.request = request;
      this.visit = visit;
      this.listings = listings;
    }

    /** What the platform may know. */
    public AdRequest request() {
      return request;
    }
  }

  private final WorldConfig config;
  private final SplittableRandom requests;
  private final SplittableRandom outcomes;
  private final Population population;
  private final Inventory inventory;
  private final Tastes tastes;
  private final PriorityQueue<PendingClick> pendingClicks =
      new PriorityQueue<>(Comparator.comparingLong(PendingClick::dueMillis));
  private long nowMillis = Long.MIN_VALUE;

  /** A world at no particular time. */
  public AdWorld(WorldConfig config) {
    this(config, BaseRate.logitFor(config));
  }

  AdWorld(WorldConfig config, double baseLogit) {
    this.config = config;
    SplittableRandom random = new SplittableRandom(config.seed());
    this.requests = random.split();
    this.outcomes = random.split();
    this.population = new Population(config.seed(), config.users(), requests);
    this.inventory = new Inventory(config.seed(), config.ads(), config.candidates());
    this.tastes = new Tastes(config.seed(), baseLogit);
  }

  /**
   * The next request.
   *
   * @param timeMillis since the epoch, not before any earlier call's
   */
  public Opportunity next(long timeMillis) {
    advance(timeMillis);
    Population.Visit visit = population.next(requests);
    List<Inventory.Listing> listings = inventory.draw(timeMillis, requests);
    if (requests.nextDouble() < config.explorationShare()) {
      listings = fewOf(listings);
    }
    AdRequest request =
        new AdRequest(
            timeMillis,
            visit.user().id(),
            Tastes.SEGMENTS.get(visit.user().segment()),
            Tastes.DEVICES.get(visit.device()),
            hour(visit.user(), timeMillis),
            population.history(visit.user()),
            listings.stream().map(Inventory.Listing::ad).toList());
    return new Opportunity(request, visit, listings);
  }

  /**
   * The true probability that showing a candidate leads to a click within the attribution window.
   *
   * @param candidate index in the request's candidates
   */
  public double clickProbability(Opportunity opportunity, int candidate) {
    AdRequest request = opportunity.request;
    Inventory.Listing listing = opportunity.listings.get(candidate);
    Population.Visit visit = opportunity.visit;
    return tastes.clickProbability(
        visit.user(),
        visit.device(),
        request.hour(),
        historyShare(request.history(), listing.ad().category()),
        listing,
        request.timeMillis());
  }

  /**
   * Shows a candidate and decides what becomes of it.
   *
   * @param candidate index in the request's candidates
   * @param shownMillis when, from which delays count
   */
  public Outcome show(Opportunity opportunity, int candidate, long shownMillis) {
    double probability = clickProbability(opportunity, candidate);
    boolean clicked = outcomes.nextDouble() < probability;
    List<Consequence> consequences = new ArrayList<>(2);
    long windowMillis = config.attributionWindow().toMillis();
    if (clicked) {
      long due = shownMillis + clickDelay(windowMillis);
      consequences.add(new Outcome.Click(due));
      pendingClicks.add(
          new PendingClick(
              due,
              opportunity.visit.user(),
              opportunity.request.candidates().get(candidate).category()));
      if (outcomes.nextDouble() < config.duplicateClickShare()) {
        consequences.add(new Outcome.DuplicateClick(due + outcomes.nextInt(1, 1_000)));
      }
    } else if (outcomes.nextDouble() < config.lateClickShare() * probability / (1 - probability)) {
      long lateness = LATE_BY_AT_LEAST_MILLIS + (long) exponential(MEAN_LATENESS_MILLIS);
      consequences.add(new Outcome.LateClick(shownMillis + windowMillis + lateness));
    }
    if (outcomes.nextDouble() < config.duplicateImpressionShare()) {
      consequences.add(new Outcome.DuplicateImpression(shownMillis + outcomes.nextInt(300, 3_000)));
    }
    if (outcomes.nextDouble() < config.invalidShare()) {
      Outcome.Defect[] defects = Outcome.Defect.values();
      consequences.add(
          new Outcome.InvalidEvent(shownMillis, defects[outcomes.nextInt(defects.length)]));
    }
    return new Outcome(probability, clicked, consequences);
  }

  /** What a segment thinks of a category at a time, as a part of the logit. */
  public double taste(String segment, String category, long timeMillis) {
    return tastes.taste(
        index(Tastes.SEGMENTS, segment), index(Inventory.CATEGORIES, category), timeMillis);
  }

  /** All segments of users. */
  public static List<String> segments() {
    return Tastes.SEGMENTS;
  }

  /** All categories of ads. */
  public static List<String> categories() {
    return Inventory.CATEGORIES;
  }

  /** How many clicks are not due yet. */
  int pendingClicks() {
    return pendingClicks.size();
  }

  private List<Inventory.Listing> fewOf(List<Inventory.Listing> listings) {
    int few = 1 + requests.nextInt(Math.min(FEW_CANDIDATES, listings.size()));
    for (int i = 0; i < few; i++) {
      Collections.swap(listings, i, requests.nextInt(i, listings.size()));
    }
    return listings.subList(0, few);
  }

  private void advance(long timeMillis) {
    if (timeMillis < nowMillis) {
      throw new IllegalArgumentException(
          "timeMillis: " + timeMillis + ", expected at least that of the last call, " + nowMillis);
    }
    nowMillis = timeMillis;
    PendingClick click = pendingClicks.peek();
    while (click != null && click.dueMillis() <= timeMillis) {
      pendingClicks.remove();
      population.clicked(click.user(), click.category());
      click = pendingClicks.peek();
    }
  }

  /** Log-normal, at least a millisecond, cut so that it is well within the window. */
  private long clickDelay(long windowMillis) {
    double longest = windowMillis * LONGEST_DELAY_IN_WINDOWS;
    double delay;
    do {
      delay =
          config.medianClickDelay().toMillis()
              * Math.exp(WorldConfig.DELAY_SPREAD * outcomes.nextGaussian());
    } while (delay > longest);
    return 1 + (long) delay;
  }

  private double exponential(double mean) {
    return -mean * Math.log1p(-outcomes.nextDouble());
  }

  private static int hour(Population.User user, long timeMillis) {
    return (int) Math.floorMod(timeMillis / 3_600_000L + user.hoursFromUtc(), 24L);
  }

  private static double historyShare(List<String> history, String category) {
    if (history.isEmpty()) {
      return 0;
    }
    return (double) Collections.frequency(history, category) / history.size();
  }

  private static int index(List<String> names, String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(name + ": expected one of " + names);
    }
    return index;
  }
}
