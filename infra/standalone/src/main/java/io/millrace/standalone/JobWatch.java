package io.millrace.standalone;

import io.millrace.serving.http.Part;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Judges a job by what is seen of it second by second. A job that fails, starts again and fails
 * again is not running, although it may look so in between. Not thread-safe.
 */
final class JobWatch {
  /** After a failure a job has to hold this long to be called running. */
  static final Duration HOLDS = Duration.ofSeconds(2);

  /** The same after a failure that came within a minute of another. */
  static final Duration HOLDS_AFTER_LOOP = Duration.ofSeconds(15);

  private static final Duration LOOP = Duration.ofMinutes(1);

  /**
   * One look.
   *
   * @param ended whether the job will do nothing more
   * @param working whether all of its tasks run
   * @param failed when it last failed, or null if it never did
   * @param reason why, in words, or null
   */
  record Look(boolean ended, boolean working, @Nullable Instant failed, @Nullable String reason) {}

  private final String name;
  private Part.State state = Part.State.STARTING;
  private Instant since;
  private @Nullable Instant lastFailure;
  private boolean loops;
  private @Nullable String reason;

  /**
   * @param name of the job
   */
  JobWatch(String name, Instant now) {
    this.name = "Job " + name;
    this.since = now;
  }

  /** How the job is, after one more look at it. */
  Part look(Look look, Instant now) {
    Instant failed = look.failed();
    if (failed != null && !failed.equals(lastFailure)) {
      Instant before = lastFailure;
      loops = before != null && Duration.between(before, failed).compareTo(LOOP) <= 0;
      lastFailure = failed;
      reason = look.reason();
      if (state != Part.State.RESTARTING) {
        change(Part.State.RESTARTING, loops && before != null ? before : failed);
      }
    }
    if (look.ended()) {
      reason = look.reason();
      if (state != Part.State.FAILED) {
        change(Part.State.FAILED, now);
      }
    } else if (look.working() && state != Part.State.RUNNING && holds(now)) {
      change(Part.State.RUNNING, now);
      reason = null;
    }
    return new Part(name, state, since, reason);
  }

  private boolean holds(Instant now) {
    Instant failed = lastFailure;
    Duration needed = loops ? HOLDS_AFTER_LOOP : HOLDS;
    return failed == null || Duration.between(failed, now).compareTo(needed) >= 0;
  }

  private void change(Part.State next, Instant from) {
    state = next;
    since = from;
  }
}
