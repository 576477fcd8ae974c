package io.millrace.world;

import java.util.List;

/**
 * Sets a world's overall click rate. Tastes differ by seed, and so would the rate: the logit that
 * everybody shares is chosen so that a ranking that knows the truth gets {@link
 * WorldConfig#clickRate}.
 */
final class BaseRate {
  private static final int REQUESTS = 2_000;
  private static final double TYPICAL_LOGIT = -3.5;

  private BaseRate() {}

  static double logitFor(WorldConfig config) {
    AdWorld world = new AdWorld(config, TYPICAL_LOGIT);
    double[] logits = new double[REQUESTS];
    for (int i = 0; i < REQUESTS; i++) {
      AdWorld.Opportunity opportunity = world.next(i * 86_400_000L / REQUESTS);
      double p = bestProbability(world, opportunity);
      logits[i] = Math.log(p / (1 - p)) - TYPICAL_LOGIT;
    }
    double low = -20;
    double high = 20;
    while (high - low > 1e-6) {
      double middle = (low + high) / 2;
      if (meanProbability(logits, middle) < config.clickRate()) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double bestProbability(AdWorld world, AdWorld.Opportunity opportunity) {
    List<Ad> candidates = opportunity.request().candidates();
    double best = 0;
    double bestScore = -1;
    for (int c = 0; c < candidates.size(); c++) {
      double p = world.clickProbability(opportunity, c);
      if (p * candidates.get(c).bid() > bestScore) {
        bestScore = p * candidates.get(c).bid();
        best = p;
      }
    }
    return best;
  }

  private static double meanProbability(double[] logits, double base) {
    double sum = 0;
    for (double logit : logits) {
      sum += 1 / (1 + Math.exp(-(logit + base)));
    }
    return sum / logits.length;
  }
}
