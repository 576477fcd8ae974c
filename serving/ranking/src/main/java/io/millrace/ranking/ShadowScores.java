package io.millrace.ranking;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a shadow has said of candidates that the live model has ranked, beside what that said. Safe
 * for use by many threads.
 */
public final class ShadowScores {
  private final LongAdder scored = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final DoubleAdder difference = new DoubleAdder();

  /**
   * How it went since the server was started.
   *
   * @param scored candidates
   * @param failed rankings that it could not score
   * @param meanDifference mean of |its probability - the live one's|; NaN before the first
   */
  public record Counts(long scored, long failed, double meanDifference) {}

  /** As it is now. */
  public Counts counts() {
    long candidates = scored.sum();
    return new Counts(
        candidates, failed.sum(), candidates == 0 ? Double.NaN : difference.sum() / candidates);
  }

  /**
   * Lets a shadow score what was ranked, once it can answer. Whatever goes wrong is counted, and is
   * no concern of the ranking.
   *
   * @param live probabilities [n] of the candidates
   * @param cells see {@link RankingLimits}
   */
  void score(
      ServedModel shadow,
      Candidates candidates,
      float[] live,
      long now,
      int cells,
      Deadline deadline) {
    if (!shadow.ready()) {
      return;
    }
    try (ServedModel.Lease lease = shadow.lease()) {
      Scored own =
          Scored.of(CandidateRecords.of(candidates, now, lease.features(), cells), lease, deadline);
      double sum = 0;
      for (int i = 0; i < live.length; i++) {
        sum += Math.abs(own.probabilities()[i] - live[i]);
      }
      scored.add(live.length);
      difference.add(sum);
    } catch (RuntimeException e) {
      failed.increment();
    }
  }
}
