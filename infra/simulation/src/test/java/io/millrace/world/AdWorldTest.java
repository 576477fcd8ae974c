package io.millrace.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdWorldTest {
  private static final long START = 1_790_000_000_000L;
  private static final WorldConfig CONFIG = WorldConfig.defaults(7);
  private static final long WINDOW = CONFIG.attributionWindow().toMillis();

  private record Shown(long timeMillis, AdRequest request, int candidate, Outcome outcome) {}

  /** Shows random candidates, so that what happens doesn't depend on a ranking. */
  private static List<Shown> run(AdWorld world, int requests, long stepMillis, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Shown> all = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      long now = START + i * stepMillis;
      AdWorld.Opportunity opportunity = world.next(now);
      int candidate = random.nextInt(opportunity.request().candidates().size());
      all.add(
          new Shown(
              now, opportunity.request(), candidate, world.show(opportunity, candidate, now + 2)));
    }
    return all;
  }

  private static void assertShare(long count, long of, double expected) {
    double sigma = Math.sqrt(expected * (1 - expected) / of);
    assertThat((double) count / of).isCloseTo(expected, within(4 * sigma));
  }

  @Test
  void theSameSeedGivesTheSameWorldAndAnotherSeedAnother() {
    List<Shown> one = run(new AdWorld(CONFIG), 5_000, 5, 1);

    assertThat(run(new AdWorld(CONFIG), 5_000, 5, 1)).isEqualTo(one);
    assertThat(run(new AdWorld(WorldConfig.defaults(8)), 5_000, 5, 1)).isNotEqualTo(one);
  }

  @Test
  void aWorldStartedLaterIsTheSameMarketAtThatTime() {
    long later = START + 3_600_000;
    AdWorld old = new AdWorld(CONFIG);
    old.next(START);
    AdWorld fresh = new AdWorld(CONFIG);

    assertThat(liveAds(old, later)).containsAnyElementsOf(liveAds(fresh, later));
    assertThat(old.taste("gamer", "games", later)).isEqualTo(fresh.taste("gamer", "games", later));
    assertThat(liveAds(new AdWorld(CONFIG), later))
        .as("the most popular ads")
        .hasSameSizeAs(liveAds(old, later));
  }

  private static Set<String> liveAds(AdWorld world, long timeMillis) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      world.next(timeMillis).request().candidates().forEach(ad -> ids.add(ad.id()));
    }
    return ids;
  }

  @Test
  void clicksHappenAsOftenAsTheTruthSays() {
    List<Shown> all = run(new AdWorld(CONFIG), 60_000, 5, 2);

    double expected = all.stream().mapToDouble(s -> s.outcome().probability()).sum();
    double variance =
        all.stream()
            .mapToDouble(s -> s.outcome().probability() * (1 - s.outcome().probability()))
            .sum();
    long clicks = all.stream().filter(s -> s.outcome().clicked()).count();
    assertThat((double) clicks).isCloseTo(expected, within(3 * Math.sqrt(variance)));
    assertThat(expected / all.size()).isBetween(0.03, 0.10);
  }

  @Test
  void clicksComeWithinTheWindowOrLateAndSomeEventsTwice() {
    int n = 400_000;
    long clicks = 0;
    long late = 0;
    long duplicateClicks = 0;
    long duplicateImpressions = 0;
    long invalid = 0;
    int belowMedian = 0;
    for (Shown s : run(new AdWorld(CONFIG), n, 5, 3)) {
      long click = 0;
      for (Outcome.Consequence consequence : s.outcome().consequences()) {
        long delay = consequence.dueMillis() - (s.timeMillis() + 2);
        if (consequence instanceof Outcome.Click) {
          assertThat(delay).isBetween(1L, WINDOW * 9 / 10 + 1);
          click = delay;
          belowMedian += delay <= CONFIG.medianClickDelay().toMillis() ? 1 : 0;
          clicks++;
        } else if (consequence instanceof Outcome.LateClick) {
          assertThat(delay).isGreaterThan(WINDOW + 1_000);
          assertThat(s.outcome().clicked()).isFalse();
          late++;
        } else if (consequence instanceof Outcome.DuplicateClick) {
          assertThat(delay).isGreaterThan(click);
          duplicateClicks++;
        } else if (consequence instanceof Outcome.DuplicateImpression) {
          duplicateImpressions++;
        } else if (consequence instanceof Outcome.InvalidEvent) {
          invalid++;
        }
      }
      assertThat(click > 0).isEqualTo(s.outcome().clicked());
    }
    assertShare(late, clicks, CONFIG.lateClickShare());
    assertShare(duplicateClicks, clicks, CONFIG.duplicateClickShare());
    assertShare(duplicateImpressions, n, CONFIG.duplicateImpressionShare());
    assertShare(invalid, n, CONFIG.invalidShare());
    // Of a normal law, .9604 lie below ln(540 s / 6.7 s) / 2.5 = 1.756 standard deviations.
    assertShare(belowMedian, clicks, 0.5 / 0.9604);
  }

  @Test
  void popularAdsAreOfferedByZipfsLaw() {
    AdWorld world = new AdWorld(CONFIG);
    Map<String, Integer> offers = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      offers.merge(world.next(START).request().candidates().get(0).id(), 1, Integer::sum);
    }
    List<Integer> counts = offers.values().stream().sorted((a, b) -> b - a).toList();
    double slope = Math.log((double) counts.get(0) / counts.get(99)) / Math.log(100);
    assertThat(slope).as("slope of log count over log rank").isCloseTo(0.9, within(0.1));
  }

  @Test
  void usersComeInBursts() {
    AdWorld world = new AdWorld(CONFIG);
    List<String> users = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      users.add(world.next(START + i * 5L).request().userId());
    }
    List<String> shuffled = new ArrayList<>(users);
    Collections.shuffle(shuffled, new Random(1));

    assertThat(seenShortlyBefore(users))
        .as("users seen within the last five seconds, beyond what activity alone explains")
        .isGreaterThan(seenShortlyBefore(shuffled) + 0.1);
    assertThat(new HashSet<>(users)).hasSizeGreaterThan(2_000);
  }

  private static double seenShortlyBefore(List<String> users) {
    int reach = 1_000;
    long again = 0;
    for (int i = reach; i < users.size(); i++) {
      again += users.subList(i - reach, i).contains(users.get(i)) ? 1 : 0;
    }
    return (double) again / (users.size() - reach);
  }

  @Test
  void tastesDriftWithinTenMinutesAndAdsRetire() {
    AdWorld world = new AdWorld(CONFIG);
    double moved = 0;
    double movedInASecond = 0;
    int pairs = 0;
    for (String segment : AdWorld.segments()) {
      for (String category : AdWorld.categories()) {
        double before = world.taste(segment, category, START);
        moved += Math.abs(world.taste(segment, category, START + 600_000) - before);
        movedInASecond += Math.abs(world.taste(segment, category, START + 1_000) - before);
        pairs++;
      }
    }
    assertThat(moved / pairs).as("mean change of a logit").isBetween(0.1, 0.6);
    assertThat(movedInASecond / pairs).isLessThan(0.01);

    Set<String> first = liveAds(world, START);
    Set<String> later = liveAds(world, START + 600_000);
    Set<String> gone = new HashSet<>(first);
    gone.removeAll(later);
    assertThat(gone).hasSizeBetween(15, 150);
  }

  @Test
  void historyHoldsTheCategoriesClickedOnceTheClickIsDue() {
    AdWorld world = new AdWorld(CONFIG);
    Map<String, List<String>> clicked = new HashMap<>();
    record Due(long at, String user, String category) {}
    List<Due> due = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 30_000; i++) {
      long now = START + i * 5L;
      due.sort((a, b) -> Long.compare(a.at(), b.at()));
      while (!due.isEmpty() && due.get(0).at() <= now) {
        Due d = due.remove(0);
        clicked.computeIfAbsent(d.user(), u -> new ArrayList<>()).add(d.category());
      }
      AdWorld.Opportunity opportunity = world.next(now);
      AdRequest request = opportunity.request();
      List<String> all = clicked.getOrDefault(request.userId(), List.of());
      assertThat(request.history()).hasSize(Math.min(5, all.size()));
      assertThat(all).as("newest last").endsWith(request.history().toArray(String[]::new));
      int candidate = random.nextInt(request.candidates().size());
      for (Outcome.Consequence c : world.show(opportunity, candidate, now).consequences()) {
        if (c instanceof Outcome.Click click) {
          due.add(
              new Due(
                  click.dueMillis(),
                  request.userId(),
                  request.candidates().get(candidate).category()));
        }
      }
    }
    assertThat(clicked).hasSizeGreaterThan(500);
  }

  @Test
  void memoryIsBoundedOverHours() {
    AdWorld world = new AdWorld(CONFIG);
    int mostClicks = 0;
    for (int i = 0; i < 6 * 3_600 * 10; i++) {
      long now = START + i * 100L;
      AdWorld.Opportunity opportunity = world.next(now);
      assertThat(opportunity.request().history().size()).isLessThanOrEqualTo(5);
      world.show(opportunity, 0, now);
      mostClicks = Math.max(mostClicks, world.pendingClicks());
    }
    assertThat(mostClicks).isLessThan(400);
  }

  @Test
  void requestsFitTheFeatureSchema() {
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
    FeatureEncoder encoder = FeatureEncoder.compile(schema);
    EncodedBatch batch = new EncodedBatch(encoder.fields());
    Set<Boolean> priced = new HashSet<>();
    for (Shown s : run(new AdWorld(CONFIG), 500, 5, 5)) {
      for (Ad ad : s.request().candidates()) {
        Map<String, @Nullable Object> features = new HashMap<>(s.request().contextFeatures());
        features.putAll(AdRequest.adFeatures(ad));
        features.put("impression_id", "id");
        features.put("event_time", s.timeMillis());
        encoder.encode(FeatureRecords.fromMap(schema, features), batch);
        batch.clear();
        priced.add(ad.price() != null);
      }
      assertThat(s.request().candidates().stream().map(Ad::id).toList()).doesNotHaveDuplicates();
    }
    assertThat(priced).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void timeDoesNotGoBack() {
    AdWorld world = new AdWorld(CONFIG);
    world.next(START);

    assertThatThrownBy(() -> world.next(START - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "timeMillis: " + (START - 1) + ", expected at least that of the last call, " + START);
  }

  @Test
  void clickRateIsNearTheTargetWhateverTheSeed() {
    for (long seed = 1; seed <= 5; seed++) {
      AdWorld world = new AdWorld(WorldConfig.defaults(seed));
      double sum = 0;
      int n = 5_000;
      for (int i = 0; i < n; i++) {
        AdWorld.Opportunity opportunity = world.next(START + i * 5L);
        double best = 0;
        double bestScore = -1;
        List<Ad> candidates = opportunity.request().candidates();
        for (int c = 0; c < candidates.size(); c++) {
          double p = world.clickProbability(opportunity, c);
          if (p * candidates.get(c).bid() > bestScore) {
            bestScore = p * candidates.get(c).bid();
            best = p;
          }
        }
        sum += best;
      }
      assertThat(sum / n).as("seed %d", seed).isBetween(0.08, 0.2);
    }
  }
}
