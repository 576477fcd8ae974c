package io.millrace.study;

import java.util.ArrayList;
import java.util.List;

/**
 * What a study compares.
 *
 * @param schemes names of schemes
 * @param budgets shares of the bytes of a collisionless table, above 0
 * @param seeds of weights and order
 */
public record StudyPlan(List<String> schemes, List<Double> budgets, List<Long> seeds) {
  public StudyPlan {
    schemes = List.copyOf(schemes);
    budgets = List.copyOf(budgets);
    seeds = List.copyOf(seeds);
    for (String scheme : schemes) {
      if (!SchemeFit.SCHEMES.contains(scheme)) {
        throw new IllegalArgumentException(
            "schemes: \"%s\", expected some of %s"
                .formatted(scheme, String.join(", ", SchemeFit.SCHEMES)));
      }
    }
    for (double budget : budgets) {
      if (!(budget > 0 && budget <= 100)) {
        throw new IllegalArgumentException(
            "budgets: " + budget + ", expected above 0, at most 100");
      }
    }
    if (schemes.isEmpty() || budgets.isEmpty() || seeds.isEmpty()) {
      throw new IllegalArgumentException(
          "schemes, budgets, seeds: %d, %d, %d, expected at least one of each"
              .formatted(schemes.size(), budgets.size(), seeds.size()));
    }
  }

  /** One training. */
  record Cell(String scheme, double budget, long seed) {
    String key() {
      return scheme + "," + budget + "," + seed;
    }

    @Override
    public String toString() {
      return "%s at %s, seed %d".formatted(scheme, budget, seed);
    }
  }

  /** All trainings: seed by seed, so that an unfinished study has seen all schemes. */
  List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (long seed : seeds) {
      for (double budget : budgets) {
        for (String scheme : schemes) {
          cells.add(new Cell(scheme, budget, seed));
        }
      }
    }
    return cells;
  }
}
