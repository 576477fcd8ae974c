package io.millrace.training;

/**
 * When to publish again: no sooner than an interval after the last hand-over, nor than twice the
 * time that the last publish took, so that the broker and the servers have as long to rest as to
 * work, however large the changes are.
 */
final class PublishPace {
  private PublishPace() {}

  /**
   * The earliest time for the next hand-over, all in milliseconds.
   *
   * @param handedOver when the last publish was handed over
   * @param interval least time between two
   * @param took from that hand-over to its commit
   */
  static long due(long handedOver, long interval, long took) {
    return handedOver + Math.max(interval, 2 * took);
  }
}
