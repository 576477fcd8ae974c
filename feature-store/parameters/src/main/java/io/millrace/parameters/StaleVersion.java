package io.millrace.parameters;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a version is stale, by what is to be learned. Not thread-safe but for {@link #words}. */
final class StaleVersion {
  private final long afterNanos;
  private long version = -1;
  private long sinceNanos;
  private volatile @Nullable String words;

  /**
   * @param after how long examples may wait while the version does not change
   */
  StaleVersion(Duration after) {
    this.afterNanos = after.toNanos();
  }

  /**
   * Takes a look.
   *
   * @param newest version, shown or held back: an offset
   * @param end offset behind the last example
   * @param nowNanos of a monotonic clock
   */
  void see(long newest, long end, long nowNanos) {
    if (newest != version || newest >= end) {
      version = newest;
      sinceNanos = nowNanos;
      words = null;
      return;
    }
    long waited = nowNanos - sinceNanos;
    if (waited >= afterNanos) {
      words =
          "version %d has not changed for %d s, and %d examples wait to be learned"
              .formatted(newest, Duration.ofNanos(waited).toSeconds(), end - newest);
    }
  }

  /** What is stale, in words; empty if nothing is. */
  Optional<String> words() {
    return Optional.ofNullable(words);
  }
}
