package io.millrace.ranking;

/**
 * Asks for the best candidates.
 *
 * @param model one that is served
 * @param k how many are answered; more than there are candidates means all
 * @param log whether the answered ones become impressions in the log
 * @param arms of experiments that it is in
 */
public record RankRequest(
    String model, Candidates candidates, int k, boolean log, RequestArms arms) {
  /** The most that one request may ask for: each becomes an impression with all of its features. */
  public static final int MAX_K = 500;

  public RankRequest {
    if (k < 1 || k > MAX_K) {
      throw new IllegalArgumentException("k: %d, expected 1 to %d".formatted(k, MAX_K));
    }
  }
}
