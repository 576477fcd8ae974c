package io.millrace.ranking;

/**
 * How much one request may ask for.
 *
 * @param cells the most candidates times features
 * @param impressionBytes the most bytes of impressions that one ranking may log
 */
public record RankingLimits(int cells, int impressionBytes) {
  /** Room for 10,000 candidates of 400 features each, and for 16 of the largest impressions. */
  public static final RankingLimits DEFAULT = new RankingLimits(4_000_000, 16 << 20);

  public RankingLimits {
    if (cells < 1 || impressionBytes < 1) {
      throw new IllegalArgumentException(
          "cells, impressionBytes: %d, %d, expected at least 1 each"
              .formatted(cells, impressionBytes));
    }
  }
}
